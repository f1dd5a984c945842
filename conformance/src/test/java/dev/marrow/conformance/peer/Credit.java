package dev.marrow.conformance.peer;

import java.util.HashMap;
import java.util.Map;

/** What the client lets us send (RFC 9113 §6.9). Thread-safe: the reader gives, tunnels take. */
final class Credit {
  private final Map<Integer, Long> streams = new HashMap<>();
  private long connection = PeerConnection.WINDOW;
  private long initial = PeerConnection.WINDOW;
  private boolean closed;

  synchronized void open(int stream) {
    streams.put(stream, initial);
  }

  synchronized void forget(int stream) {
    streams.remove(stream);
    notifyAll();
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized void initial(int value) {
    long change = value - initial;
    initial = value;
    streams.replaceAll((stream, left) -> left + change);
    notifyAll();
  }

  /** False when the window would overflow. */
  synchronized boolean give(int stream, long increment) {
    notifyAll();
    if (stream == 0) {
      connection += increment;
      return connection <= Integer.MAX_VALUE;
    }
    Long left = streams.computeIfPresent(stream, (s, l) -> l + increment);
    return left == null || left <= Integer.MAX_VALUE;
  }

  /** Takes at most {@code wanted}, waits for at least 1; 0 when the stream is gone. */
  synchronized int take(int stream, int wanted) throws InterruptedException {
    while (true) {
      Long left = streams.get(stream);
      if (left == null || closed) {
        return 0;
      }
      int possible = (int) Math.min(wanted, Math.min(left, connection));
      if (possible > 0) {
        streams.put(stream, left - possible);
        connection -= possible;
        return possible;
      }
      wait();
    }
  }
}
