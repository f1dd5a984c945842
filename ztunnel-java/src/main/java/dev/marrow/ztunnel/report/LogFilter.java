package dev.marrow.ztunnel.report;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which lines are shown, in the syntax of {@code RUST_LOG}: {@code info,proxy=debug,access=off}. A
 * directive holds for its scope and everything below it ({@code dns} for {@code dns::upstream});
 * the longest one wins. A leading {@code ztunnel::} is understood and dropped.
 */
public record LogFilter(LogLevel otherwise, Map<String, LogLevel> scopes) {
  private static final String SEPARATOR = "::";
  private static final String OWN = "ztunnel::";

  public LogFilter {
    scopes = Map.copyOf(scopes);
  }

  /** Reads a list of directives; {@code :} is accepted for {@code =}, as istioctl writes it. */
  public static LogFilter parse(String text) {
    return new LogFilter(LogLevel.INFO, Map.of()).with(text);
  }

  /** This filter with more directives, which replace those of the same scope. */
  public LogFilter with(String text) {
    LogLevel base = otherwise;
    var found = new TreeMap<>(scopes);
    for (String part : text.split(",")) {
      String directive = part.strip();
      int equals = separator(directive);
      if (directive.isEmpty()) {
        continue;
      }
      LogLevel level = level(directive.substring(equals + 1), directive);
      if (equals < 0) {
        base = level;
      } else {
        found.put(scope(directive.substring(0, equals)), level);
      }
    }
    return new LogFilter(base, found);
  }

  private static int separator(String directive) {
    int equals = directive.lastIndexOf('=');
    return equals >= 0 ? equals : directive.lastIndexOf(':');
  }

  private static LogLevel level(String text, String directive) {
    return LogLevel.named(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "log level: '%s' (expected: level or scope=level, level one of off, error,"
                        .formatted(directive)
                    + " warn, info, debug, trace)"));
  }

  private static String scope(String text) {
    return text.startsWith(OWN) ? text.substring(OWN.length()) : text;
  }

  /** The most that is shown of {@code scope}. */
  public LogLevel of(String scope) {
    String part = scope;
    while (true) {
      LogLevel level = scopes.get(part);
      if (level != null) {
        return level;
      }
      int up = part.lastIndexOf(SEPARATOR);
      if (up < 0) {
        return otherwise;
      }
      part = part.substring(0, up);
    }
  }

  @Override
  public String toString() {
    String directives =
        new TreeMap<>(scopes)
            .entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue().text())
                .collect(Collectors.joining(","));
    String base = otherwise.name().toLowerCase(Locale.ROOT);
    return directives.isEmpty() ? base : directives + "," + base;
  }
}
