package dev.marrow.ztunnel.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Where log lines go: a bounded queue, and one thread that formats and writes them in batches. A
 * line that finds the queue full is dropped and counted; nobody ever waits. Thread-safe.
 */
public final class LogSink implements AutoCloseable {
  private static final int BATCH = 256;
  private static final int KEPT_CHARS = 64 * 1024;
  private static final long GATHER_MILLIS = 40;
  private static final long CLOSE_MILLIS = 2000;

  /** Wakes a writer that has nothing to do, so that it sees that it is closed. */
  private static final LogLine END = new LogLine(Instant.EPOCH, LogLevel.INFO, "", "", List.of());

  private final BlockingQueue<LogLine> lines;
  private final LogFormat format;
  private final OutputStream out;
  private final LongAdder dropped = new LongAdder();
  private final LongAdder written = new LongAdder();
  final Thread writer;
  private volatile boolean closed;

  /**
   * Starts the writer.
   *
   * @param out stays the caller's: it is flushed, not closed
   * @param capacity lines that may wait
   */
  public LogSink(OutputStream out, boolean json, int capacity) {
    this.out = out;
    this.format = json ? LogFormat.JSON : LogFormat.TEXT;
    this.lines = new ArrayBlockingQueue<>(capacity);
    this.writer = Thread.ofPlatform().name("log").daemon().unstarted(this::write);
    writer.start();
  }

  void accept(LogLine line) {
    if (!lines.offer(line)) {
      dropped.increment();
    }
  }

  /** Lines lost because the writer could not follow. */
  public long dropped() {
    return dropped.sum();
  }

  /** Lines handed to the stream. */
  public long written() {
    return written.sum();
  }

  private void write() {
    var batch = new ArrayList<LogLine>(BATCH);
    var text = new StringBuilder();
    try {
      while (!closed || !lines.isEmpty()) {
        batch.add(lines.take());
        gather();
        lines.drainTo(batch, BATCH - 1);
        if (closed) {
          batch.remove(END);
        }
        write(batch, text);
        batch.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Lets lines come together: whoever brings one while the writer sleeps has nobody to wake, and a
   * wake-up costs an event loop more than the line does.
   */
  private void gather() throws InterruptedException {
    if (!closed && lines.size() < BATCH) {
      Thread.sleep(GATHER_MILLIS);
    }
  }

  private void write(List<LogLine> batch, StringBuilder text) {
    int good = 0;
    for (LogLine line : batch) {
      int start = text.length();
      try {
        format.append(text, line);
        good++;
      } catch (RuntimeException e) {
        // A value that cannot say what it is: without the line the log goes on.
        text.setLength(start);
      }
    }
    dropped.add(batch.size() - good);
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
      written.add(good);
    } catch (IOException e) {
      // A log that cannot be written has no place to say so; the lines count as lost.
      dropped.add(good);
    }
    text.setLength(0);
    if (text.capacity() > KEPT_CHARS) {
      text.trimToSize();
    }
  }

  /** Writes what is queued, for at most two seconds. */
  @Override
  public void close() {
    closed = true;
    lines.offer(END); // in a full queue there is no place, and no need: the writer is awake
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
