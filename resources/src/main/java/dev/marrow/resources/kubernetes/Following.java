package dev.marrow.resources.kubernetes;

import dev.marrow.resources.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of following one kind: attempt after attempt, with pauses. Thread-safe: one virtual
 * thread makes the attempts.
 */
final class Following implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Following.class);

  /** How often a kind is asked for after its definition came, before it is left alone again. */
  private static final int ATTEMPTS = 8;

  private final KindWatch watch;
  private final WatchedKind kind;
  private final Patience patience;
  private final WatchReport report;
  private final Backoff backoff;
  private final CountDownLatch complete = new CountDownLatch(1);
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;
  private int attemptsLeft;
  private int failures;
  private volatile Optional<Problem> problem = Optional.empty();

  Following(
      KindWatch watch,
      WatchedKind kind,
      Patience patience,
      WatchReport report,
      RandomGenerator random) {
    this.watch = watch;
    this.kind = kind;
    this.patience = patience;
    this.report = report;
    this.backoff = new Backoff(patience.first(), patience.longest(), random);
    this.thread = Thread.ofVirtual().name("follow-" + kind).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Waits until all objects there were are known, or the kind is known not to be there. */
  boolean awaitComplete(Duration atMost) throws InterruptedException {
    return complete.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Why the kind is not followed at the moment. */
  Optional<Problem> problem() {
    return problem;
  }

  /** Asks again for a kind that was absent: its definition may have come. */
  void definitionsChanged() {
    news.release();
  }

  void hangUpIfSilent(long now) {
    watch.hangUpIfSilent(now);
  }

  private void run() {
    try {
      while (true) {
        boolean listing = !watch.watching();
        long start = System.nanoTime();
        KindWatch.Outcome outcome = watch.attempt();
        report.heard(kind.kind(), watch.heard());
        switch (outcome) {
          case KindWatch.Outcome.Current() -> current(listing, System.nanoTime() - start);
          case KindWatch.Outcome.Absent() -> awaitDefinition();
          case KindWatch.Outcome.Failed failed -> failed(failed);
        }
      }
    } catch (InterruptedException e) {
      log.debug("{} no longer followed", kind);
    }
  }

  private void current(boolean listed, long nanos) throws InterruptedException {
    failures = 0;
    problem = Optional.empty();
    if (listed) {
      report.listed(kind.kind(), watch.known());
      complete.countDown();
      return;
    }
    // A server that ends watches at once must not be asked in a circle.
    if (nanos > patience.first().toNanos()) {
      backoff.reset();
    } else {
      Thread.sleep(backoff.next(Duration.ZERO));
    }
  }

  private void awaitDefinition() throws InterruptedException {
    failures = 0;
    problem = Optional.empty();
    complete.countDown();
    if (attemptsLeft > 0) {
      // The definition is there before the server answers for it.
      attemptsLeft--;
      Thread.sleep(backoff.next(Duration.ZERO));
      return;
    }
    if (news.tryAcquire(patience.absent().toMillis(), TimeUnit.MILLISECONDS)) {
      news.drainPermits();
      backoff.reset();
      attemptsLeft = ATTEMPTS;
    }
  }

  private void failed(KindWatch.Outcome.Failed failed) throws InterruptedException {
    report.failed(kind.kind(), failed.word());
    failures++;
    String text = "%s: %s: %s".formatted(kind, failed.word(), failed.detail());
    boolean forgotten = failed.word().equals("gone");
    if (failures == 1 && forgotten) {
      log.info("{} (listed again)", text);
      return;
    }
    Duration pause = backoff.next(failed.pause());
    if (failures == 2 || failures % 20 == 0) {
      log.warn("{} (what is known stays; next attempt in {})", text, pause);
    }
    if (failures > 1) {
      problem = Optional.of(new Problem(watch.origin(), text));
    }
    Thread.sleep(pause);
  }

  @Override
  public void close() {
    thread.interrupt();
    watch.close();
  }
}
