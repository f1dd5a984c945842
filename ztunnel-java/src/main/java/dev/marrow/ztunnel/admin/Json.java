package dev.marrow.ztunnel.admin;

import java.util.List;
import java.util.Map;

/**
 * Writes maps, lists, strings, numbers and booleans as indented JSON. A JSON library would be the
 * largest thing this program loads.
 */
final class Json {
  private static final String INDENT = "  ";

  private final StringBuilder out = new StringBuilder(64 * 1024);

  private Json() {}

  static String write(Object value) {
    var json = new Json();
    json.value(value, 0);
    return json.out.append('\n').toString();
  }

  private void value(Object value, int depth) {
    switch (value) {
      case Map<?, ?> map -> object(map, depth);
      case List<?> list -> array(list, depth);
      case Number number -> out.append(number);
      case Boolean bool -> out.append(bool);
      default -> string(value.toString());
    }
  }

  private void object(Map<?, ?> map, int depth) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(first ? "\n" : ",\n").append(INDENT.repeat(depth + 1));
      string(String.valueOf(entry.getKey()));
      out.append(": ");
      value(entry.getValue(), depth + 1);
      first = false;
    }
    close(first, depth, '}');
  }

  private void array(List<?> list, int depth) {
    out.append('[');
    boolean first = true;
    for (Object element : list) {
      out.append(first ? "\n" : ",\n").append(INDENT.repeat(depth + 1));
      value(element, depth + 1);
      first = false;
    }
    close(first, depth, ']');
  }

  private void close(boolean empty, int depth, char end) {
    if (!empty) {
      out.append('\n').append(INDENT.repeat(depth));
    }
    out.append(end);
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
