package dev.marrow.conformance.wire;

import java.io.IOException;
import java.time.Duration;

/**
 * A connection to the target that carries bytes: plain TCP, or TLS on it. Confined to one thread.
 */
public interface Link extends AutoCloseable {
  /** Sends everything, or throws {@link LinkClosed}. */
  void write(byte[] bytes) throws IOException;

  /**
   * The next bytes, at least one; an empty array when none came in time.
   *
   * @throws LinkClosed when the target has closed its side
   */
  byte[] read(Duration patience) throws IOException;

  /** The TCP connection below, for FIN and RST. */
  TcpLink tcp();

  @Override
  void close();
}
