package dev.marrow.identity.issue;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs something later. Tests move it by hand. Thread-safe. */
@FunctionalInterface
public interface Timer {
  /** Runs {@code task}, which does not block, after {@code delay}. */
  void after(Duration delay, Runnable task);

  /** The process's own timer, on one daemon thread that lives as long as the process. */
  static Timer system() {
    return SystemTimer.INSTANCE;
  }

  /** Real time. */
  final class SystemTimer implements Timer {
    private static final SystemTimer INSTANCE = new SystemTimer();

    private final ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("certificate-timer").factory());

    private SystemTimer() {}

    @Override
    public void after(Duration delay, Runnable task) {
      thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
