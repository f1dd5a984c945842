package dev.marrow.ztunnel.report;

import java.util.List;

/**
 * Writes metrics as text: Prometheus 0.0.4, or OpenMetrics 1.0, which names counter families
 * without {@code _total} and ends with {@code # EOF}.
 */
final class Exposition {
  private final StringBuilder out = new StringBuilder(16 * 1024);
  private final boolean openMetrics;

  Exposition(boolean openMetrics) {
    this.openMetrics = openMetrics;
  }

  void family(String name, Kind kind, String help) {
    String family =
        openMetrics && kind == Kind.COUNTER && name.endsWith("_total")
            ? name.substring(0, name.length() - "_total".length())
            : name;
    out.append("# HELP ").append(family).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(family).append(' ').append(kind.text).append('\n');
  }

  /** One sample; {@code labels} as made by {@link #labels}. */
  void sample(String name, String labels, double value) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ');
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(value);
    }
    out.append('\n');
  }

  String end() {
    return openMetrics ? out.append("# EOF\n").toString() : out.toString();
  }

  /** Names and values in turn as {@code a="x",b="y"}; an empty value becomes {@code unknown}. */
  static String labels(List<String> pairs) {
    var text = new StringBuilder();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      if (i > 0) {
        text.append(',');
      }
      text.append(pairs.get(i)).append("=\"");
      String value = pairs.get(i + 1);
      escape(text, value.isEmpty() ? "unknown" : value);
      text.append('"');
    }
    return text.toString();
  }

  private static void escape(StringBuilder out, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '"' -> out.append("\\\"");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }

  /** The kinds of families. */
  enum Kind {
    COUNTER("counter"),
    GAUGE("gauge"),
    HISTOGRAM("histogram");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }
}
