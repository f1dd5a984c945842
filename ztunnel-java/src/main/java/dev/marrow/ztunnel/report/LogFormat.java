package dev.marrow.ztunnel.report;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** How lines become text: tab separated with {@code key=value} pairs, or one JSON object each. */
enum LogFormat {
  TEXT {
    @Override
    void append(StringBuilder out, LogLine line) {
      time(out, line.time());
      out.append('\t').append(line.level().text()).append('\t').append(line.scope());
      out.append('\t');
      oneLine(out, line.message());
      char separator = '\t';
      List<Object> fields = line.fields();
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        Object value = fields.get(i + 1);
        if (!absent(value)) {
          out.append(separator).append(fields.get(i)).append('=');
          value(out, value);
          separator = ' ';
        }
      }
      out.append('\n');
    }

    private void value(StringBuilder out, Object value) {
      if (value instanceof Number || value instanceof LogLine.Bare) {
        out.append(value);
      } else {
        quoted(out, value.toString());
      }
    }
  },

  JSON {
    @Override
    void append(StringBuilder out, LogLine line) {
      out.append("{\"level\":\"").append(line.level().text()).append("\",\"time\":\"");
      time(out, line.time());
      out.append("\",\"scope\":\"").append(line.scope()).append("\",\"message\":");
      quoted(out, line.message());
      List<Object> fields = line.fields();
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        Object value = fields.get(i + 1);
        if (!absent(value)) {
          out.append(",\"").append(fields.get(i)).append("\":");
          if (value instanceof Number) {
            out.append(value);
          } else {
            quoted(out, value.toString());
          }
        }
      }
      out.append("}\n");
    }
  };

  abstract void append(StringBuilder out, LogLine line);

  private static boolean absent(Object value) {
    return value instanceof String s && s.isEmpty()
        || value instanceof LogLine.Bare b && b.value().toString().isEmpty();
  }

  /** By hand: a formatter costs as much as the rest of the line. */
  private static void time(StringBuilder out, Instant time) {
    var at = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
    digits(out, at.getYear(), 1000, '-');
    digits(out, at.getMonthValue(), 10, '-');
    digits(out, at.getDayOfMonth(), 10, 'T');
    digits(out, at.getHour(), 10, ':');
    digits(out, at.getMinute(), 10, ':');
    digits(out, at.getSecond(), 10, '.');
    digits(out, at.getNano() / 1000, 100_000, 'Z');
  }

  /**
   * @param first the worth of the first digit
   */
  private static void digits(StringBuilder out, int value, int first, char after) {
    for (int worth = first; worth > 0; worth /= 10) {
      out.append((char) ('0' + value / worth % 10));
    }
    out.append(after);
  }

  private static void oneLine(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c < ' ' ? ' ' : c);
    }
  }

  private static void quoted(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
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
