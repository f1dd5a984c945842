package dev.marrow.hbone;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Time limits that do not all end at once: of thousands of peers that came together and then say
 * nothing, each loop would close all in one turn, and everybody else on it would wait.
 */
final class Spread {
  private static final int PART = 10;

  private Spread() {}

  /** {@code limit}, or up to a tenth more. */
  static long millis(Duration limit) {
    long millis = limit.toMillis();
    return millis + ThreadLocalRandom.current().nextLong(millis / PART + 1);
  }
}
