package dev.marrow.controlplane.compile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads the fields of an object strictly: a wrong type, an unknown enum value and a field that
 * nobody read are errors, each with its path. Confined to one reading.
 */
public final class Fields {
  private final JsonNode node;
  private final String path;
  private final List<String> errors;
  private final List<String> notes;
  private final Set<String> read = new HashSet<>();
  private final List<Fields> parts = new ArrayList<>();

  private Fields(JsonNode node, String path, List<String> errors, List<String> notes) {
    this.node = node;
    this.path = path;
    this.errors = errors;
    this.notes = notes;
    if (!node.isObject() && !node.isMissingNode()) {
      error("expected: an object");
    }
  }

  /** Reads {@code node}; what is wrong is added to {@code errors}. */
  public static Fields of(JsonNode node, String path, List<String> errors) {
    return of(node, path, errors, new ArrayList<>());
  }

  /** The same; what is known but not supported is added to {@code notes}. */
  public static Fields of(JsonNode node, String path, List<String> errors, List<String> notes) {
    return new Fields(node.isNull() ? MissingNode.getInstance() : node, path, errors, notes);
  }

  public String path() {
    return path;
  }

  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  /** The names that are there. */
  public Set<String> names() {
    return Set.copyOf(node.propertyNames());
  }

  private JsonNode at(String name) {
    read.add(name);
    JsonNode value = node.path(name);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  private void error(String reason) {
    errors.add(path + ": " + reason);
  }

  private void error(String name, String reason) {
    errors.add(path + "." + name + ": " + reason);
  }

  /** Adds an error about field {@code name} that the caller found. */
  public void reject(String name, String reason) {
    error(name, reason);
  }

  public String text(String name, String fallback) {
    JsonNode value = at(name);
    if (value.isMissingNode()) {
      return fallback;
    }
    if (!value.isString()) {
      error(name, value + " (expected: text)");
      return fallback;
    }
    return value.stringValue();
  }

  /** A text that must be there. */
  public String text(String name) {
    if (!has(name)) {
      error(name, "missing");
    }
    return text(name, "");
  }

  public int number(String name, int fallback, int min, int max) {
    JsonNode value = at(name);
    if (value.isMissingNode()) {
      return fallback;
    }
    if (!value.isIntegralNumber() || value.asLong(-1) < min || value.asLong(-1) > max) {
      error(name, "%s (expected: %d to %d)".formatted(value, min, max));
      return fallback;
    }
    return value.intValue();
  }

  public int number(String name, int fallback) {
    return number(name, fallback, 0, Integer.MAX_VALUE);
  }

  public double fraction(String name, double fallback) {
    JsonNode value = at(name);
    if (value.isMissingNode()) {
      return fallback;
    }
    if (!value.isNumber()) {
      error(name, value + " (expected: a number)");
      return fallback;
    }
    return value.doubleValue();
  }

  public boolean flag(String name, boolean fallback) {
    JsonNode value = at(name);
    if (value.isMissingNode()) {
      return fallback;
    }
    if (!value.isBoolean()) {
      error(name, value + " (expected: true or false)");
      return fallback;
    }
    return value.booleanValue();
  }

  /** One of {@code values}; {@code fallback} where the field is not there. */
  public <E> E choice(String name, Map<String, E> values, E fallback) {
    String text = text(name, "");
    if (text.isEmpty()) {
      return fallback;
    }
    E value = values.get(text);
    if (value == null) {
      error(name, "'%s' (expected: one of %s)".formatted(text, new TreeMap<>(values).keySet()));
      return fallback;
    }
    return value;
  }

  /** A duration such as {@code 1h}, {@code 1m30s}, {@code 500ms}. */
  public Optional<Duration> duration(String name) {
    String text = text(name, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> value = Durations.parse(text);
    if (value.isEmpty()) {
      error(name, "'%s' (expected: a duration such as 10s or 500ms)".formatted(text));
    }
    return value;
  }

  public Fields object(String name) {
    return part(of(at(name), path + "." + name, errors, notes));
  }

  public Optional<Fields> optional(String name) {
    return has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  public List<Fields> list(String name) {
    List<Fields> list = new ArrayList<>();
    JsonNode values = array(name);
    for (int i = 0; i < values.size(); i++) {
      list.add(part(of(values.path(i), "%s.%s[%d]".formatted(path, name, i), errors, notes)));
    }
    return list;
  }

  public List<String> texts(String name) {
    List<String> list = new ArrayList<>();
    for (JsonNode value : array(name)) {
      if (value.isString()) {
        list.add(value.stringValue());
      } else {
        error(name, value + " (expected: text)");
      }
    }
    return list;
  }

  public Map<String, String> textMap(String name) {
    Map<String, String> map = new LinkedHashMap<>();
    JsonNode values = at(name);
    if (!values.isObject() && !values.isMissingNode()) {
      error(name, "expected: a map");
      return map;
    }
    for (Map.Entry<String, JsonNode> entry : values.properties()) {
      if (entry.getValue().isString()) {
        map.put(entry.getKey(), entry.getValue().stringValue());
      } else {
        error(name + "[" + entry.getKey() + "]", entry.getValue() + " (expected: text)");
      }
    }
    return map;
  }

  /** The value as it is written; it does not count as read. */
  public JsonNode peek(String name) {
    return node.path(name);
  }

  /** The value as it is written, for what is read elsewhere. */
  public JsonNode raw(String name) {
    return at(name);
  }

  private JsonNode array(String name) {
    JsonNode values = at(name);
    if (!values.isArray() && !values.isMissingNode()) {
      error(name, "expected: a list");
      return MissingNode.getInstance();
    }
    return values;
  }

  private Fields part(Fields part) {
    parts.add(part);
    return part;
  }

  /** Fields that are known and have no effect here. */
  public Fields ignore(String... names) {
    read.addAll(List.of(names));
    return this;
  }

  /** Fields that are known and that we cannot do: noted where they are there. */
  public Fields unsupported(String... names) {
    for (String name : names) {
      if (read.add(name) && has(name)) {
        notes.add(path + "." + name);
      }
    }
    return this;
  }

  /** Says that everything was read: what is left over is an error. */
  public void done() {
    for (String name : node.propertyNames()) {
      if (!read.contains(name)) {
        error(name, "unknown field");
      }
    }
    parts.forEach(Fields::done);
  }
}
