package dev.marrow.ztunnel.settings;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment, read name by name into values. What cannot be read is noted and replaced by the
 * default, so that one start shows every error. Confined to the thread that starts the program.
 */
final class Environment {
  /** Longer ones could not be counted in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]/]+):(\\d{1,5})");

  private final Map<String, String> variables;
  private final Set<String> problems = new LinkedHashSet<>();

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The value as it stands, or the knob's default. */
  String text(Knob knob) {
    return variables.getOrDefault(knob.name(), knob.fallback());
  }

  /** The value if there is one that is not empty. */
  Optional<String> optional(Knob knob) {
    return Optional.of(text(knob)).filter(v -> !v.isEmpty());
  }

  boolean isSet(Knob knob) {
    return variables.containsKey(knob.name());
  }

  boolean flag(Knob knob) {
    return read(knob, "true or false", Environment::parseFlag);
  }

  int number(Knob knob, int least, int most) {
    return read(
        knob,
        "a number from %d to %d".formatted(least, most),
        v -> Optional.of(Integer.parseInt(v)).filter(n -> n >= least && n <= most));
  }

  Duration duration(Knob knob) {
    return read(knob, "a duration such as 500ms, 5s, 1m or 1h", Environment::parseDuration);
  }

  Duration duration(Knob knob, Duration least, Duration most, String expected) {
    return read(
        knob,
        "a duration " + expected,
        v -> parseDuration(v).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0));
  }

  Optional<HostPort> hostPort(Knob knob) {
    return ifAny(knob, "host:port", Environment::parseHostPort);
  }

  /** Reads a value that may be missing. */
  <T> Optional<T> ifAny(Knob knob, String expected, Function<String, Optional<T>> parse) {
    Optional<String> value = optional(knob);
    Optional<T> parsed = value.flatMap(v -> attempt(v, parse));
    if (value.isPresent() && parsed.isEmpty()) {
      problem(knob.name(), value.get(), expected);
    }
    return parsed;
  }

  /**
   * Reads with {@code parse}; an empty result or an exception is a problem, its value the default.
   */
  <T> T read(Knob knob, String expected, Function<String, Optional<T>> parse) {
    String value = text(knob);
    Optional<T> parsed = attempt(value, parse);
    if (parsed.isPresent()) {
      return parsed.get();
    }
    problem(knob.name(), value, expected);
    return attempt(knob.fallback(), parse)
        .orElseThrow(() -> new InvalidSettings(List.copyOf(problems)));
  }

  void problem(String name, String value, String expected) {
    problems.add("%s: '%s' (expected: %s)".formatted(name, value, expected));
  }

  /** Throws everything noted so far, if anything. */
  void complete() {
    if (!problems.isEmpty()) {
      throw new InvalidSettings(List.copyOf(problems));
    }
  }

  /** Variables whose name starts with {@code prefix}, without it. */
  Map<String, String> withPrefix(String prefix) {
    var found = new java.util.TreeMap<String, String>();
    variables.forEach((name, value) -> {
      if (name.startsWith(prefix) && name.length() > prefix.length()) {
        found.put(name.substring(prefix.length()), value);
      }
    });
    return found;
  }

  private static <T> Optional<T> attempt(String value, Function<String, Optional<T>> parse) {
    try {
      return parse.apply(value);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static Optional<Boolean> parseFlag(String value) {
    return switch (value.toLowerCase(java.util.Locale.ROOT)) {
      case "true", "1" -> Optional.of(true);
      case "false", "0" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  static Optional<Duration> parseDuration(String value) {
    Matcher m = DURATION.matcher(value);
    if (!m.matches()) {
      return Optional.empty();
    }
    long n = Long.parseLong(m.group(1));
    Duration duration =
        switch (m.group(2)) {
          case "ms" -> Duration.ofMillis(n);
          case "s" -> Duration.ofSeconds(n);
          case "m" -> Duration.ofMinutes(n);
          case "h" -> Duration.ofHours(n);
          default -> Duration.ofDays(n);
        };
    return Optional.of(duration).filter(d -> d.compareTo(LONGEST) <= 0);
  }

  static Optional<HostPort> parseHostPort(String value) {
    String bare = value.startsWith("https://") ? value.substring("https://".length()) : value;
    Matcher m = HOST_PORT.matcher(bare);
    if (!m.matches() || Integer.parseInt(m.group(2)) > 65535) {
      return Optional.empty();
    }
    String host = m.group(1);
    boolean bracketed = host.startsWith("[");
    return Optional.of(
        new HostPort(
            bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(m.group(2))));
  }
}
