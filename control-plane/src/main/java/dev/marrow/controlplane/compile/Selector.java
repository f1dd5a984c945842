package dev.marrow.controlplane.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** A Kubernetes label selector. An empty one matches everything. */
public record Selector(Map<String, String> labels, List<Expression> expressions) {
  /** What an expression asks of a label. */
  public enum Operator {
    IN,
    NOT_IN,
    EXISTS,
    DOES_NOT_EXIST
  }

  /** One expression of a selector. */
  public record Expression(String key, Operator operator, Set<String> values) {
    public Expression {
      values = Set.copyOf(values);
    }

    boolean matches(Map<String, String> labels) {
      return switch (operator) {
        case IN -> labels.containsKey(key) && values.contains(labels.get(key));
        case NOT_IN -> !labels.containsKey(key) || !values.contains(labels.get(key));
        case EXISTS -> labels.containsKey(key);
        case DOES_NOT_EXIST -> !labels.containsKey(key);
      };
    }
  }

  private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

  public Selector {
    labels = Map.copyOf(labels);
    expressions = List.copyOf(expressions);
  }

  /** A selector that is a plain map of labels, as a Service has it. */
  public static Selector ofLabels(JsonNode map) {
    Map<String, String> labels = new TreeMap<>();
    map.properties().forEach(entry -> labels.put(entry.getKey(), entry.getValue().asString("")));
    return new Selector(labels, List.of());
  }

  /**
   * A selector with {@code matchLabels} (or Istio's {@code labels}) and {@code matchExpressions}.
   */
  public static Selector of(JsonNode selector) {
    Selector labels =
        ofLabels(
            selector.has("matchLabels") ? selector.path("matchLabels") : selector.path("labels"));
    List<Expression> expressions = new ArrayList<>();
    for (JsonNode expression : selector.path("matchExpressions")) {
      Set<String> values = new TreeSet<>();
      String operator = expression.path("operator").stringValue("");
      expression.path("values").forEach(value -> values.add(value.asString("")));
      expressions.add(
          new Expression(
              expression.path("key").stringValue(""),
              operator(operator),
              OPERATORS.contains(operator) ? values : Set.of()));
    }
    return new Selector(labels.labels(), expressions);
  }

  private static Operator operator(String text) {
    return switch (text) {
      case "In" -> Operator.IN;
      case "NotIn" -> Operator.NOT_IN;
      case "Exists" -> Operator.EXISTS;
      case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
      // In nothing: an unknown operator must not widen what is selected.
      default -> Operator.IN;
    };
  }

  public boolean empty() {
    return labels.isEmpty() && expressions.isEmpty();
  }

  public boolean matches(Map<String, String> candidate) {
    for (Map.Entry<String, String> label : labels.entrySet()) {
      if (!label.getValue().equals(candidate.get(label.getKey()))) {
        return false;
      }
    }
    return expressions.stream().allMatch(expression -> expression.matches(candidate));
  }
}
