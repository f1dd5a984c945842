package dev.marrow.waypoint.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Writes what {@link LogLines} hands over, on a thread of its own. When it cannot keep up, lines
 * are dropped and counted: a slow disk must not slow requests. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {
  /** Of about 32 KiB each, when it matters. */
  private static final int QUEUED = 64;

  private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUED);
  private final OutputStream out;
  private final AccessFormat format;
  private final Metrics metrics;
  private final Thread writer;
  private volatile boolean closed;

  public AccessLog(OutputStream out, AccessFormat format, Metrics metrics) {
    this.out = out;
    this.format = format;
    this.metrics = metrics;
    this.writer = Thread.ofPlatform().name("access-log").daemon().start(this::run);
  }

  AccessFormat format() {
    return format;
  }

  /** Takes whole lines; never blocks. */
  void add(byte[] text, int lines) {
    if (!queue.offer(text)) {
      metrics.add("marrow_waypoint_access_log_dropped_total", lines);
    }
  }

  private void run() {
    try {
      while (!closed || !queue.isEmpty()) {
        byte[] text = queue.poll(100, TimeUnit.MILLISECONDS);
        if (text != null) {
          out.write(text);
          out.flush();
        }
      }
    } catch (IOException e) {
      metrics.count("marrow_waypoint_access_log_failed_total");
      queue.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what is queued, for at most a second. */
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
