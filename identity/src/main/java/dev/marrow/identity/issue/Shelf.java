package dev.marrow.identity.issue;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.NotIssued;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The certificates a source was given from outside, all at once, and those who wait for the first
 * of them. Thread-safe: guarded by its monitor; waiters and listeners are told outside of it.
 */
final class Shelf {
  private static final int MAX_WAITERS = 10_000;

  private final Clock clock;
  private final List<Consumer<WorkloadCertificate>> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<SpiffeId, WorkloadCertificate> certificates = Map.of();
  private List<Waiter> waiters = new ArrayList<>();
  private NotIssued absence;
  private boolean waiting;

  private record Waiter(SpiffeId id, CompletableFuture<WorkloadCertificate> future) {}

  /**
   * @param waiting whether who asks before anything was given waits, or fails with {@code absence}
   */
  Shelf(Clock clock, boolean waiting, NotIssued absence) {
    this.clock = clock;
    this.waiting = waiting;
    this.absence = absence;
  }

  Optional<WorkloadCertificate> current(SpiffeId id) {
    Instant now = clock.instant();
    return Optional.ofNullable(certificates.get(id)).filter(c -> now.isBefore(c.notAfter()));
  }

  synchronized CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
    Optional<WorkloadCertificate> current = current(id);
    if (current.isPresent()) {
      return CompletableFuture.completedFuture(current.get());
    }
    if (!waiting || waiters.size() >= MAX_WAITERS) {
      return CompletableFuture.failedFuture(new CertificateUnavailableException(id, absence));
    }
    Waiter waiter = new Waiter(id, new CompletableFuture<>());
    waiters.add(waiter);
    return waiter.future();
  }

  void onRenewed(Consumer<WorkloadCertificate> listener) {
    listeners.add(listener);
  }

  /** Replaces everything. */
  void put(List<WorkloadCertificate> all) {
    Map<SpiffeId, WorkloadCertificate> next = new HashMap<>();
    // The first one of an id is the one to use by default (Workload API §5.3).
    all.forEach(certificate -> next.putIfAbsent(certificate.id(), certificate));
    List<Waiter> served;
    synchronized (this) {
      certificates = Map.copyOf(next);
      absence = new NotIssued(Issue.Reason.NOT_OFFERED, "offered: " + next.keySet());
      served = takeWaiters();
    }
    // Listeners first: who got a certificate from here is never told of it as news afterwards.
    next.values().forEach(one -> listeners.forEach(listener -> listener.accept(one)));
    served.forEach(this::serve);
  }

  /** There is nothing new: what is here stays, whoever waits is told why. */
  void fail(NotIssued why) {
    List<Waiter> failed;
    synchronized (this) {
      absence = why;
      failed = takeWaiters();
    }
    failed.forEach(this::serve);
  }

  private List<Waiter> takeWaiters() {
    List<Waiter> taken = waiters;
    waiters = new ArrayList<>();
    waiting = false;
    return taken;
  }

  private void serve(Waiter waiter) {
    certificate(waiter.id())
        .whenComplete((certificate, why) -> {
          if (why == null) {
            waiter.future().complete(certificate);
          } else {
            waiter.future().completeExceptionally(why);
          }
        });
  }
}
