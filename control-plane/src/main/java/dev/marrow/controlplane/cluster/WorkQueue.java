package dev.marrow.controlplane.cluster;

import dev.marrow.resources.kubernetes.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that have to be worked on. A key waits at most once, is never worked on twice at a time, and
 * comes back after a growing pause until its work succeeds. Nothing is worked on while we may not;
 * then a key is dropped, and whoever is allowed again adds all keys. Thread-safe: virtual threads
 * of its own work.
 *
 * @param <K> a value
 */
final class WorkQueue<K> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);
  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Makes the world as it should be for {@code key}, whatever it is now. */
  interface Work<K> {
    /** What came of it. */
    sealed interface Result {
      record Done() implements Result {}

      /** Done as far as we know; to be looked at once more. */
      record Unseen(Duration pause) implements Result {}

      /** To be tried again. */
      record Failed(String why, Duration pause) implements Result {}
    }

    Result on(K key) throws IOException, InterruptedException;
  }

  private final String name;
  private final Work<K> work;
  private final BooleanSupplier allowed;
  private final List<Thread> threads = new ArrayList<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("later").factory());
  // Guarded by this.
  private final Set<K> ready = new LinkedHashSet<>();
  private final Set<K> busy = new HashSet<>();
  private final Map<K, Backoff> failing = new HashMap<>();

  WorkQueue(String name, int workers, BooleanSupplier allowed, Work<K> work) {
    this.name = name;
    this.work = work;
    this.allowed = allowed;
    for (int i = 0; i < workers; i++) {
      threads.add(Thread.ofVirtual().name(name + "-" + i).start(this::run));
    }
  }

  synchronized void add(K key) {
    ready.add(key);
    notifyAll();
  }

  synchronized void addAll(Collection<K> keys) {
    ready.addAll(keys);
    notifyAll();
  }

  /** How many keys wait, are worked on, or failed and will be tried again. */
  synchronized int size() {
    Set<K> all = new HashSet<>(ready);
    all.addAll(busy);
    all.addAll(failing.keySet());
    return all.size();
  }

  private void run() {
    try {
      while (true) {
        K key = take();
        finish(key, attempt(key));
      }
    } catch (InterruptedException e) {
      log.debug("{} stopped", name);
    }
  }

  private synchronized K take() throws InterruptedException {
    while (true) {
      for (K key : ready) {
        if (busy.add(key)) {
          ready.remove(key);
          return key;
        }
      }
      wait();
    }
  }

  private Work.Result attempt(K key) throws InterruptedException {
    if (!allowed.getAsBoolean()) {
      return new Work.Result.Done();
    }
    try {
      return work.on(key);
    } catch (IOException e) {
      return new Work.Result.Failed(String.valueOf(e.getMessage()), Duration.ZERO);
    } catch (RuntimeException e) {
      log.error("{}: {}", name, key, e);
      return new Work.Result.Failed(String.valueOf(e), Duration.ZERO);
    }
  }

  private synchronized void finish(K key, Work.Result result) {
    busy.remove(key);
    switch (result) {
      case Work.Result.Done() -> failing.remove(key);
      case Work.Result.Unseen(Duration pause) -> {
        failing.remove(key);
        later.schedule(() -> add(key), pause.toMillis(), TimeUnit.MILLISECONDS);
      }
      case Work.Result.Failed(String why, Duration asked) -> {
        boolean first = !failing.containsKey(key);
        Duration pause =
            failing
                .computeIfAbsent(
                    key, k -> new Backoff(FIRST, LONGEST, RandomGenerator.getDefault()))
                .next(asked);
        log.atLevel(first ? org.slf4j.event.Level.INFO : org.slf4j.event.Level.WARN)
            .log("{}: {}: {} (again in {})", name, key, why, pause);
        later.schedule(() -> add(key), pause.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    notifyAll();
  }

  @Override
  public void close() {
    later.shutdownNow();
    threads.forEach(Thread::interrupt);
  }
}
