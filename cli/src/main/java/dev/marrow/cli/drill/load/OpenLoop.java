package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at a fixed rate whatever became of the earlier ones: request {@code i} is due at
 * {@code i / rate}, and its time counts from then, so a server that stalls cannot hide. An answer
 * that is missing, late, wrong or reset is a failure. One platform thread sends, each request waits
 * on a virtual one.
 */
public final class OpenLoop implements AutoCloseable {
  public static final Duration LATE = Duration.ofSeconds(5);

  /** From whom to whom, in turn. */
  public record Pair(Source from, String target, InetSocketAddress to) {}

  private final Exchange exchange;
  private final List<Pair> pairs;
  private final long interval;
  private final int size;
  private final Tally tally;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong number = new AtomicLong();
  private final Thread sender;
  private volatile boolean running = true;

  private OpenLoop(Exchange exchange, List<Pair> pairs, double rate, int size, Tally tally) {
    this.exchange = exchange;
    this.pairs = List.copyOf(pairs);
    this.interval = (long) (1e9 / rate);
    this.size = size;
    this.tally = tally;
    this.sender =
        Thread.ofPlatform().daemon().name("load-" + exchange.kind()).unstarted(this::send);
  }

  /**
   * Starts.
   *
   * @param rate requests a second
   * @param size bytes of each request and answer
   */
  public static OpenLoop start(
      Exchange exchange, List<Pair> pairs, double rate, int size, Tally tally) {
    if (pairs.isEmpty()) throw new IllegalArgumentException("pairs: none (expected: >= 1)");
    OpenLoop loop = new OpenLoop(exchange, pairs, rate, size, tally);
    loop.sender.start();
    return loop;
  }

  private void send() {
    long due = System.nanoTime();
    while (running) {
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
        continue;
      }
      long serial = number.getAndIncrement();
      long from = due;
      tally.sent();
      open.incrementAndGet();
      requests.execute(() -> request(serial, from));
      due += interval;
    }
  }

  private void request(long serial, long due) {
    Pair pair = pairs.get((int) (serial % pairs.size()));
    byte[] payload = Payload.of(pair.from().name() + "-" + exchange.kind(), serial, size);
    try {
      Duration patience = LATE.minusNanos(System.nanoTime() - due);
      byte[] answer = exchange.exchange(pair.from(), pair.to(), payload, patience, tally);
      Payload.check(payload, answer);
      long now = System.nanoTime();
      if (now - due > LATE.toNanos()) fail(pair, due, "late");
      else tally.answered(due, now, payload.length);
    } catch (WrongAnswer e) {
      fail(pair, due, Tally.WRONG + e.getMessage());
    } catch (IOException | RuntimeException e) {
      fail(pair, due, e.getMessage() == null ? e.toString() : e.getMessage());
    } finally {
      open.decrementAndGet();
    }
  }

  private void fail(Pair pair, long due, String why) {
    tally.failed(exchange.kind(), pair.from().name(), pair.target(), due, System.nanoTime(), why);
  }

  public Tally tally() {
    return tally;
  }

  /** Requests under way. */
  public int open() {
    return open.get();
  }

  /** Sends no more and waits for what is under way; at most as long as an answer may take. */
  @Override
  public void close() {
    running = false;
    long end = System.nanoTime() + LATE.plusSeconds(1).toNanos();
    while (open.get() > 0 && System.nanoTime() < end) LockSupport.parkNanos(5_000_000);
    requests.shutdownNow();
    exchange.close();
  }
}
