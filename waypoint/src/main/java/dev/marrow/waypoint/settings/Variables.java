package dev.marrow.waypoint.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads variables of the environment and collects what is wrong with them. */
final class Variables {
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();

  Variables(Map<String, String> environment) {
    this.environment = environment;
  }

  String text(String name, String otherwise) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }

  String required(String name) {
    String value = text(name, "");
    if (value.isEmpty()) {
      problem(name, "", "a value");
    }
    return value;
  }

  int number(String name, int otherwise, int least, int most) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number out of range is.
    }
    problem(name, value, least + " to " + most);
    return otherwise;
  }

  /** 0 to 100, also parts of one. */
  double percent(String name, double otherwise) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.matches("[0-9]{1,3}(\\.[0-9]{1,6})?") && Double.parseDouble(value) <= 100) {
      return Double.parseDouble(value);
    }
    problem(name, value, "0 to 100");
    return otherwise;
  }

  /** {@code 250ms}, {@code 5s}, {@code 2m} or {@code 1h}. */
  Duration duration(String name, Duration otherwise) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      return parse(value);
    } catch (IllegalArgumentException e) {
      problem(name, value, "a duration such as 250ms, 5s, 2m");
      return otherwise;
    }
  }

  static Duration parse(String value) {
    int digits = 0;
    while (digits < value.length() && Character.isDigit(value.charAt(digits))) {
      digits++;
    }
    if (digits == 0 || digits > 9) {
      throw new IllegalArgumentException("duration: " + value);
    }
    long amount = Long.parseLong(value.substring(0, digits));
    return switch (value.substring(digits)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> throw new IllegalArgumentException("duration: " + value);
    };
  }

  void problem(String name, String value, String expected) {
    problems.add("%s: '%s' (expected: %s)".formatted(name, value, expected));
  }

  List<String> problems() {
    return problems;
  }
}
