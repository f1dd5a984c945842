package dev.marrow.waypoint.report;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * The lines of one event loop. They are put together where the request ends, so that its report is
 * garbage at once, and handed over by the batch: waking the writer for each line costs more than
 * the line. Confined to its loop.
 */
final class LogLines {
  private static final int BATCH_BYTES = 32 * 1024;
  private static final int PATIENCE_MILLIS = 100;

  private final EventLoop loop;
  private final AccessLog log;
  private final LogText text = new LogText(BATCH_BYTES + 4 * 1024);
  private final Runnable handOver = this::handOver;
  private int lines;
  private boolean scheduled;

  LogLines(EventLoop loop, AccessLog log) {
    this.loop = loop;
    this.log = log;
  }

  void add(RequestReport report) {
    log.format().request(text, report);
    added();
  }

  void add(ConnectionReport report) {
    log.format().connection(text, report);
    added();
  }

  private void added() {
    lines++;
    if (text.length() >= BATCH_BYTES) {
      give();
    } else if (!scheduled) {
      scheduled = true;
      loop.schedule(handOver, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void handOver() {
    scheduled = false;
    give();
  }

  void give() {
    if (lines > 0) {
      log.add(text.take(), lines);
      lines = 0;
    }
  }
}
