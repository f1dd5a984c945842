package dev.marrow.waypoint.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Writes one line per request. Event loops only put a record into a bounded queue; a thread of its
 * own formats and writes. When it cannot keep up, lines are dropped and counted: a slow disk must
 * not slow requests. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {
  private static final int QUEUED = 16 * 1024;
  private static final int BATCH_CHARACTERS = 64 * 1024;

  private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUED);
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

  void add(Object report) {
    if (!queue.offer(report)) {
      metrics.count("marrow_waypoint_access_log_dropped_total");
    }
  }

  private void run() {
    StringBuilder text = new StringBuilder(BATCH_CHARACTERS);
    try {
      while (!closed || !queue.isEmpty()) {
        Object first = queue.poll(100, TimeUnit.MILLISECONDS);
        for (Object report = first; report != null; report = queue.poll()) {
          line(text, report);
          if (text.length() > BATCH_CHARACTERS) {
            break;
          }
        }
        if (!text.isEmpty()) {
          out.write(text.toString().getBytes(StandardCharsets.UTF_8));
          out.flush();
          text.setLength(0);
        }
      }
    } catch (IOException e) {
      metrics.count("marrow_waypoint_access_log_failed_total");
      queue.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void line(StringBuilder text, Object report) {
    switch (report) {
      case RequestReport request -> format.request(text, request);
      case ConnectionReport connection -> format.connection(text, connection);
      default -> throw new IllegalStateException("report: " + report.getClass());
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
