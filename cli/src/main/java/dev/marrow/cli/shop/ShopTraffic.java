package dev.marrow.cli.shop;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The shop's customers: asks for a page at a steady rate, in turn over kept and over new
 * connections, and prints every five seconds how that went. Thread-safe counters; {@link #run}
 * belongs to one thread.
 */
final class ShopTraffic {
  private static final int MAX_WAITING = 256;
  private static final Duration REPORT = Duration.ofSeconds(5);

  private final URI url;
  private final int perSecond;
  private final PrintStream out;
  private final ShopClient client;
  private final Semaphore free = new Semaphore(MAX_WAITING);
  private final LongAdder ok = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  ShopTraffic(URI url, int perSecond, PrintStream out) {
    this(url, perSecond, out, new ShopClient(Duration.ofSeconds(5)));
  }

  ShopTraffic(URI url, int perSecond, PrintStream out, ShopClient client) {
    if (perSecond < 1)
      throw new IllegalArgumentException("requests per second: " + perSecond + " (expected: >= 1)");
    this.url = url;
    this.perSecond = perSecond;
    this.out = out;
    this.client = client;
  }

  void run() throws InterruptedException {
    run(Long.MAX_VALUE);
  }

  void run(long requests) throws InterruptedException {
    long start = System.nanoTime();
    long reported = start;
    for (long n = 0; n < requests; n++) {
      LockSupport.parkNanos(start + n * 1_000_000_000L / perSecond - System.nanoTime());
      if (Thread.interrupted()) throw new InterruptedException();
      free.acquire();
      boolean keep = n % 2 == 0;
      Thread.ofVirtual().start(() -> ask(keep));
      if (System.nanoTime() - reported > REPORT.toNanos()) {
        report();
        reported = System.nanoTime();
      }
    }
    free.acquire(MAX_WAITING);
    report();
  }

  private void ask(boolean keep) {
    long begun = System.nanoTime();
    try {
      ShopPage.Answer answer = keep ? client.send("GET", url) : client.sendOnce("GET", url);
      if (answer.status() == 200) {
        ok.increment();
        nanos.add(System.nanoTime() - begun);
      } else {
        failed.increment();
        out.println(
            "failed: " + url + " answered " + answer.status() + " " + answer.body().strip());
      }
    } catch (IOException e) {
      failed.increment();
      out.println("failed: " + url + " " + e);
    } finally {
      free.release();
    }
  }

  private void report() {
    long good = ok.sumThenReset();
    double mean = good == 0 ? 0 : nanos.sumThenReset() / 1e6 / good;
    out.printf("ok %d, failed %d, mean %.1f ms%n", good, failed.sumThenReset(), mean);
  }
}
