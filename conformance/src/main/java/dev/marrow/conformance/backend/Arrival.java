package dev.marrow.conformance.backend;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One connection as the application saw it. Thread-safe. */
public final class Arrival {
  /** How the other side ended. */
  public enum End {
    OPEN,
    FIN,
    RST
  }

  private static final int KEPT = 64 * 1024;

  private final String peer;
  private final Behaviour behaviour;
  private final ByteArrayOutputStream first = new ByteArrayOutputStream();
  private long bytes;
  private End end = End.OPEN;
  private long endedAtNanos;

  Arrival(String peer, Behaviour behaviour) {
    this.peer = peer;
    this.behaviour = behaviour;
  }

  synchronized void received(byte[] buffer, int count) {
    bytes += count;
    first.write(buffer, 0, Math.min(count, Math.max(0, KEPT - first.size())));
  }

  synchronized void ended(End how) {
    if (end == End.OPEN) {
      end = how;
      endedAtNanos = System.nanoTime();
    }
  }

  public String peer() {
    return peer;
  }

  public Behaviour behaviour() {
    return behaviour;
  }

  public synchronized long bytes() {
    return bytes;
  }

  public synchronized End end() {
    return end;
  }

  /** {@link System#nanoTime()} of the end. */
  public synchronized long endedAtNanos() {
    return endedAtNanos;
  }

  /** Whether {@code text} is among the first bytes. */
  public synchronized boolean contains(String text) {
    return first.toString(StandardCharsets.ISO_8859_1).contains(text);
  }
}
