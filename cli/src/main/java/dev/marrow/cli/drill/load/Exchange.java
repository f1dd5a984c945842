package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** One way to send a request and to wait for its answer. Thread-safe. */
public interface Exchange extends AutoCloseable {
  /** How reports call it. */
  String kind();

  /**
   * Sends {@code payload} and returns the answer.
   *
   * @param patience what is left of the time in which the answer is not late
   */
  byte[] exchange(Source from, InetSocketAddress to, byte[] payload, Duration patience, Tally tally)
      throws IOException;

  /** Closes what is kept between requests. */
  @Override
  default void close() {}
}
