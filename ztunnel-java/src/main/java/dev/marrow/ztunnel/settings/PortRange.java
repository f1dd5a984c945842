package dev.marrow.ztunnel.settings;

import java.util.Optional;

/** Ports from {@code first} to {@code last}, both included. */
public record PortRange(int first, int last) {
  private static final int MAX = 65535;

  public PortRange {
    if (!sound(first, last)) {
      throw new IllegalArgumentException("ports %d-%d".formatted(first, last));
    }
  }

  /** How many ports there are. */
  public int size() {
    return last - first + 1;
  }

  /** Reads {@code FIRST-LAST}; empty if it is none. */
  public static Optional<PortRange> parse(String text) {
    if (!text.matches("[0-9]{1,5}-[0-9]{1,5}")) {
      return Optional.empty();
    }
    int dash = text.indexOf('-');
    int first = Integer.parseInt(text.substring(0, dash));
    int last = Integer.parseInt(text.substring(dash + 1));
    return sound(first, last) ? Optional.of(new PortRange(first, last)) : Optional.empty();
  }

  private static boolean sound(int first, int last) {
    return first >= 1 && first <= last && last <= MAX;
  }
}
