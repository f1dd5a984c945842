package dev.marrow.identity.issue;

import dev.marrow.identity.SpiffeId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Identities to be fetched, most urgent first, a bounded number at a time and each at most once at
 * a time. Thread-safe: guarded by its own monitor, which is not held while fetching.
 */
final class FetchQueue {
  private final int parallel;
  private final Executor threads;
  private final Consumer<SpiffeId> fetch;
  private final Predicate<SpiffeId> awaited;
  private final Map<SpiffeId, Job> waiting = new HashMap<>();
  private final PriorityQueue<Job> order =
      new PriorityQueue<>(Comparator.comparing(Job::priority).thenComparingLong(Job::number));
  private final Set<SpiffeId> running = new HashSet<>();
  private final Set<SpiffeId> again = new HashSet<>();
  private long next;

  private record Job(SpiffeId id, Priority priority, long number) {}

  /**
   * @param awaited whether somebody still waits for an identity; asked when one was fetched
   */
  FetchQueue(
      int parallel, Executor threads, Consumer<SpiffeId> fetch, Predicate<SpiffeId> awaited) {
    this.parallel = parallel;
    this.threads = threads;
    this.fetch = fetch;
    this.awaited = awaited;
  }

  /** Fetches {@code id} in its turn; one that already waits is moved up, never down. */
  synchronized void submit(SpiffeId id, Priority priority) {
    if (!running.contains(id)) {
      enqueue(id, priority);
      startNext();
    } else if (priority == Priority.BACKGROUND) {
      // Something changed while it was being fetched: what comes back may be old already.
      again.add(id);
    }
  }

  synchronized void remove(SpiffeId id) {
    again.remove(id);
    Job job = waiting.remove(id);
    if (job != null) {
      order.remove(job);
    }
  }

  private void enqueue(SpiffeId id, Priority priority) {
    Job before = waiting.get(id);
    if (before != null && before.priority().compareTo(priority) <= 0) {
      return;
    }
    remove(id);
    Job job = new Job(id, priority, next++);
    waiting.put(id, job);
    order.add(job);
  }

  private void startNext() {
    while (running.size() < parallel && !order.isEmpty()) {
      SpiffeId id = order.remove().id();
      waiting.remove(id);
      running.add(id);
      threads.execute(() -> run(id));
    }
  }

  private void run(SpiffeId id) {
    try {
      fetch.accept(id);
    } finally {
      finished(id);
    }
  }

  private synchronized void finished(SpiffeId id) {
    running.remove(id);
    // Whoever came after the result was handed out was not queued, because of this very fetch.
    if (awaited.test(id)) {
      enqueue(id, Priority.REALTIME);
    }
    if (again.remove(id)) {
      enqueue(id, Priority.BACKGROUND);
    }
    startNext();
  }
}
