package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Connections that stay: each sends a numbered message every so often and waits for it to come
 * back. One that ends is opened anew, and how it ended is counted: by a reset, or by an end of
 * input in the middle, which looks like a complete answer and is therefore worse. Thread-safe.
 */
public final class LongStreams implements AutoCloseable {
  private static final int MESSAGE = 256;

  /** How streams ended, and what they carried. */
  public record Ends(
      long messages,
      long reset,
      long truncated,
      long wrong,
      long late,
      long refused,
      List<String> told) {
    public long broken() {
      return reset + truncated + wrong + late + refused;
    }
  }

  private final List<OpenLoop.Pair> pairs;
  private final Duration every;
  private final Duration life;
  private final Duration patience;
  private final LongAdder messages = new LongAdder();
  private final LongAdder resets = new LongAdder();
  private final LongAdder truncations = new LongAdder();
  private final LongAdder wrongs = new LongAdder();
  private final LongAdder lates = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder whole = new LongAdder();
  private final LongAdder talking = new LongAdder();
  private final AtomicLong number = new AtomicLong();
  private final List<String> told = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final long begun = System.nanoTime();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private LongStreams(List<OpenLoop.Pair> pairs, Duration every, Duration life, Duration patience) {
    this.pairs = List.copyOf(pairs);
    this.every = every;
    this.life = life;
    this.patience = patience;
  }

  /**
   * Opens {@code count} streams.
   *
   * @param every time between two messages of a stream
   * @param life after which a stream is closed in order and opened anew; longer than the drill for
   *     streams that should stay
   */
  public static LongStreams start(
      List<OpenLoop.Pair> pairs, int count, Duration every, Duration life) {
    return patient(pairs, count, every, life, OpenLoop.LATE);
  }

  /** The same, where an answer may take {@code patience}. */
  public static LongStreams patient(
      List<OpenLoop.Pair> pairs, int count, Duration every, Duration life, Duration patience) {
    LongStreams streams = new LongStreams(pairs, every, life, patience);
    for (int i = 0; i < count; i++) {
      int index = i;
      streams.threads.add(
          Thread.ofVirtual().name("stream-" + i).start(() -> streams.keep(index, count)));
    }
    return streams;
  }

  private void keep(int index, int count) {
    // Spread out, or all would speak at once.
    if (pause(every.toNanos() * index / count)) return;
    while (stopped.getCount() > 0) {
      OpenLoop.Pair pair = pairs.get(index % pairs.size());
      try (Socket socket = pair.from().connect(pair.to(), patience)) {
        talk(pair, socket);
      } catch (WrongAnswer e) {
        ended(wrongs, pair, String.valueOf(e.getMessage()));
      } catch (Truncated e) {
        ended(truncations, pair, "ended in the middle");
      } catch (SocketTimeoutException e) {
        ended(lates, pair, "late: " + e.getMessage());
      } catch (java.net.ConnectException e) {
        ended(refusals, pair, String.valueOf(e.getMessage()));
        if (pause(50_000_000)) return;
      } catch (IOException e) {
        ended(resets, pair, String.valueOf(e.getMessage()));
        if (pause(50_000_000)) return;
      }
    }
  }

  private void talk(OpenLoop.Pair pair, Socket socket) throws IOException {
    boolean answered = false;
    try {
      exchange(pair, socket);
      answered = true;
      talking.increment();
      converse(pair, socket);
    } finally {
      if (answered) talking.decrement();
    }
  }

  private void converse(OpenLoop.Pair pair, Socket socket) throws IOException {
    long end = System.nanoTime() + life.toNanos();
    while (System.nanoTime() < end && !pause(every.toNanos())) {
      exchange(pair, socket);
    }
    socket.shutdownOutput();
    if (socket.getInputStream().read() >= 0) throw new WrongAnswer("bytes after the last message");
    whole.increment();
  }

  private void exchange(OpenLoop.Pair pair, Socket socket) throws IOException {
    byte[] message = Payload.of(pair.from().name() + "-stream", number.incrementAndGet(), MESSAGE);
    socket.getOutputStream().write(message);
    byte[] back = socket.getInputStream().readNBytes(MESSAGE);
    if (back.length < MESSAGE) throw new Truncated();
    Payload.check(message, back);
    messages.increment();
  }

  private boolean pause(long nanos) {
    try {
      return stopped.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void ended(LongAdder how, OpenLoop.Pair pair, String why) {
    if (stopped.getCount() == 0 && how != wrongs && how != lates) return;
    how.increment();
    synchronized (told) {
      if (told.size() < 500) {
        told.add(
            "%8.3f s stream %s -> %s: %s"
                .formatted(
                    (System.nanoTime() - begun) / 1e9, pair.from().name(), pair.target(), why));
      }
    }
  }

  /** So far. */
  public Ends ends() {
    synchronized (told) {
      return new Ends(
          messages.sum(),
          resets.sum(),
          truncations.sum(),
          wrongs.sum(),
          lates.sum(),
          refusals.sum(),
          List.copyOf(told));
    }
  }

  /** Streams that are open and have had an answer. */
  public long talking() {
    return talking.sum();
  }

  /** Streams that were closed in order after their life. */
  public long whole() {
    return whole.sum();
  }

  @Override
  public void close() {
    stopped.countDown();
    for (Thread thread : threads) {
      try {
        if (!thread.join(OpenLoop.LATE)) thread.interrupt();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static final class Truncated extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
