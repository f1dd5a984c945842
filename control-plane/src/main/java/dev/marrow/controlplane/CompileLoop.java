package dev.marrow.controlplane;

import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that follows the objects: each change, or what gathered while the last one was
 * worked on, is handed on once. Thread-safe.
 */
final class CompileLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CompileLoop.class);

  private static final Duration PROCEED = Duration.ofMillis(10);

  private final ResourceSource source;
  private final Duration debounce;
  private final Consumer<ResourceSnapshot> follow;
  private final BooleanSupplier proceed;
  private final Semaphore changed = new Semaphore(0);
  private final Thread thread = Thread.ofPlatform().name("compile").unstarted(this::run);

  /**
   * Waits to be started.
   *
   * @param proceed called every now and then while it says that something waits
   */
  CompileLoop(
      ResourceSource source,
      Duration debounce,
      Consumer<ResourceSnapshot> follow,
      BooleanSupplier proceed) {
    this.source = source;
    this.debounce = debounce;
    this.follow = follow;
    this.proceed = proceed;
  }

  /** Follows the first state at once, on the caller's thread. */
  void start() {
    source.onChange(changed::release);
    follow.accept(source.snapshot());
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        if (news()) {
          Thread.sleep(debounce);
          changed.drainPermits();
          follow();
        }
      }
    } catch (InterruptedException e) {
      log.debug("stopped");
    }
  }

  /** Waits for a change; not for long while something waits for time to pass. */
  private boolean news() throws InterruptedException {
    if (proceed.getAsBoolean()) {
      return changed.tryAcquire(PROCEED.toMillis(), TimeUnit.MILLISECONDS);
    }
    changed.acquire();
    return true;
  }

  private void follow() {
    try {
      follow.accept(source.snapshot());
    } catch (RuntimeException e) {
      log.error("objects not followed; what was published stays", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
