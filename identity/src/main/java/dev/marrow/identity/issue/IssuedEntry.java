package dev.marrow.identity.issue;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.NotIssued;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One identity: its certificate, who waits for it, and how often fetching failed in a row.
 * Thread-safe: guarded by its monitor; waiters are told outside of it.
 */
final class IssuedEntry {
  private final SpiffeId id;
  private volatile @Nullable WorkloadCertificate certificate;
  private List<CompletableFuture<WorkloadCertificate>> waiters = new ArrayList<>();
  private @Nullable NotIssued lastFailure;
  private int failures;
  private long planned;
  private boolean forgotten;

  /** What somebody who asks for the certificate gets. */
  sealed interface Answer {
    record Ready(WorkloadCertificate certificate) implements Answer {}

    record Failed(CertificateUnavailableException why) implements Answer {}

    record Wait(CompletableFuture<WorkloadCertificate> future) implements Answer {}
  }

  IssuedEntry(SpiffeId id) {
    this.id = id;
  }

  SpiffeId id() {
    return id;
  }

  Optional<WorkloadCertificate> valid(Instant now) {
    return Optional.ofNullable(certificate).filter(c -> now.isBefore(c.notAfter()));
  }

  Optional<WorkloadCertificate> last() {
    return Optional.ofNullable(certificate);
  }

  synchronized Answer ask(Instant now) {
    Optional<WorkloadCertificate> valid = valid(now);
    if (valid.isPresent()) {
      return new Answer.Ready(valid.get());
    }
    if (forgotten) {
      return new Answer.Failed(unavailable(new NotIssued(Issue.Reason.CLOSED, "forgotten")));
    }
    // A retry is planned. Whoever asks in between is told at once, not made to wait for it.
    if (lastFailure != null) {
      return new Answer.Failed(unavailable(lastFailure));
    }
    CompletableFuture<WorkloadCertificate> waiter = new CompletableFuture<>();
    waiters.add(waiter);
    return new Answer.Wait(waiter);
  }

  /** Whether somebody waits. */
  synchronized boolean awaited() {
    return !waiters.isEmpty();
  }

  /** Whether the certificate was taken over; not if nobody wants it any more. */
  boolean succeeded(WorkloadCertificate issued) {
    List<CompletableFuture<WorkloadCertificate>> waiting;
    synchronized (this) {
      if (forgotten) {
        return false;
      }
      certificate = issued;
      lastFailure = null;
      failures = 0;
      waiting = takeWaiters();
    }
    waiting.forEach(waiter -> waiter.complete(issued));
    return true;
  }

  /** How often it failed in a row; 0 if nobody wants it any more. */
  int failed(NotIssued why) {
    List<CompletableFuture<WorkloadCertificate>> waiting;
    int inARow;
    synchronized (this) {
      if (forgotten) {
        return 0;
      }
      lastFailure = why;
      inARow = ++failures;
      waiting = takeWaiters();
    }
    waiting.forEach(waiter -> waiter.completeExceptionally(unavailable(why)));
    return inARow;
  }

  /** Whether the last attempt found nobody, so that it is worth trying when somebody is there. */
  synchronized boolean foundNobody() {
    return !forgotten && lastFailure != null && lastFailure.foundNobody();
  }

  void forget() {
    List<CompletableFuture<WorkloadCertificate>> waiting;
    synchronized (this) {
      forgotten = true;
      certificate = null;
      waiting = takeWaiters();
    }
    NotIssued why = new NotIssued(Issue.Reason.CLOSED, "forgotten");
    waiting.forEach(waiter -> waiter.completeExceptionally(unavailable(why)));
  }

  /** Makes a plan for the next fetch, which overrides the plans before it. */
  synchronized long plan() {
    return ++planned;
  }

  synchronized boolean isCurrent(long plan) {
    return planned == plan && !forgotten;
  }

  private List<CompletableFuture<WorkloadCertificate>> takeWaiters() {
    List<CompletableFuture<WorkloadCertificate>> taken = waiters;
    waiters = new ArrayList<>();
    return taken;
  }

  private CertificateUnavailableException unavailable(NotIssued why) {
    return new CertificateUnavailableException(id, why);
  }
}
