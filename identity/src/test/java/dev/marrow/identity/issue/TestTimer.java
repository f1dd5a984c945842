package dev.marrow.identity.issue;

import dev.marrow.identity.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Runs tasks when a test moves the clock, on the test's thread. Thread-safe. */
public final class TestTimer implements Timer {
  private final TestClock clock;
  private final List<Task> tasks = new ArrayList<>();

  private record Task(Instant due, Runnable work) {}

  public TestTimer(TestClock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    tasks.add(new Task(clock.instant().plus(delay), task));
  }

  /** Moves the clock and runs what becomes due, in order. */
  public void advance(Duration by) {
    Instant end = clock.instant().plus(by);
    for (Optional<Task> due = next(end); due.isPresent(); due = next(end)) {
      Duration until = Duration.between(clock.instant(), due.get().due());
      clock.advance(until.isNegative() ? Duration.ZERO : until);
      due.get().work().run();
    }
    clock.advance(Duration.between(clock.instant(), end));
  }

  /** How long until the next task. */
  public synchronized Duration untilNext() {
    return tasks.stream()
        .map(Task::due)
        .min(Comparator.naturalOrder())
        .map(due -> Duration.between(clock.instant(), due))
        .orElseThrow();
  }

  private synchronized Optional<Task> next(Instant end) {
    Optional<Task> first =
        tasks.stream().filter(t -> !t.due().isAfter(end)).min(Comparator.comparing(Task::due));
    first.ifPresent(tasks::remove);
    return first;
  }
}
