package dev.marrow.cli.local.plan;

import java.util.Map;
import java.util.TreeMap;

/** One environment variable of a container. */
public sealed interface Variable {
  String name();

  /** A text; {@code $(OTHER)} stands for a variable named earlier. */
  record Fixed(String name, String value) implements Variable {}

  /** A field of the pod, such as {@code status.podIP}. */
  record FromField(String name, String path) implements Variable {}

  /** The variables' values, in the manner of Kubernetes: unknown references stay as they are. */
  static Map<String, String> resolve(Iterable<Variable> variables, Map<String, String> fields) {
    Map<String, String> values = new TreeMap<>();
    for (Variable variable : variables) {
      switch (variable) {
        case Fixed(String name, String value) -> values.put(name, expand(value, values));
        case FromField(String name, String path) -> values.put(name, fields.getOrDefault(path, ""));
      }
    }
    return values;
  }

  /** Replaces each {@code $(NAME)} that is known. */
  static String expand(String text, Map<String, String> values) {
    String expanded = text;
    for (Map.Entry<String, String> value : values.entrySet()) {
      expanded = expanded.replace("$(" + value.getKey() + ")", value.getValue());
    }
    return expanded;
  }
}
