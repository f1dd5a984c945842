package dev.marrow.ztunnel.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How much a line matters, and up to where a scope is shown. */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The level of that name, in any case. */
  public static Optional<LogLevel> named(String text) {
    return Arrays.stream(values()).filter(l -> l.text.equalsIgnoreCase(text)).findFirst();
  }

  /** Lower-case, as it is written in lines. */
  public String text() {
    return text;
  }
}
