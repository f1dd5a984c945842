package dev.marrow.mesh.xds;

import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.PublishedMesh;
import dev.marrow.mesh.workload.ServiceKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The mesh as a control plane tells it: turns {@code istio.workload.Address} and {@code
 * istio.security.Authorization} into one view after the other. Pass {@link #handlers()} to an
 * {@link AdsClient}.
 *
 * <p>A resource that cannot be read is rejected alone; what was known of it stays. Descriptive
 * enums (workload type, application protocol) may be newer than we are; those that decide anything
 * may not. A policy that is rejected and has no earlier version denies what it is for. A workload
 * that names a policy which is not there yet is held back until it is, for half a second at most;
 * then the unknown name denies.
 *
 * <p>Thread-safe: changes are made under one lock, in order; anyone reads.
 */
public final class MeshSubscription extends PublishedMesh {
  /** The type URL of workloads and services. */
  public static final String ADDRESS_TYPE = "type.googleapis.com/istio.workload.Address";

  /** The type URL of policies. */
  public static final String AUTHORIZATION_TYPE =
      "type.googleapis.com/istio.security.Authorization";

  private static final Duration GRACE = Duration.ofMillis(500);

  private final Optional<OnDemand> onDemand;
  private final DemandedNames names;
  private final DeferredWorkloads deferred = new DeferredWorkloads();
  private final Executor afterGrace;
  private final List<ResourceHandler> handlers;
  private final CompletableFuture<AdsClient> client = new CompletableFuture<>();
  private boolean graceRuns;
  private long sweptNanos = System.nanoTime();

  /** Everything there is. Starts from {@code initial}, for example the local file's view. */
  public MeshSubscription(MeshView initial) {
    this(initial, Optional.empty(), GRACE);
  }

  MeshSubscription(MeshView initial, Optional<OnDemand> onDemand, Duration grace) {
    super(initial);
    this.onDemand = onDemand;
    this.names = new DemandedNames(onDemand.orElse(OnDemand.on("")));
    this.afterGrace =
        CompletableFuture.delayedExecutor(
            grace.toMillis(), TimeUnit.MILLISECONDS, task -> Thread.ofVirtual().start(task));
    this.handlers = List.of(new AddressHandler(this), new AuthorizationHandler(this));
  }

  /**
   * Workloads and services only as {@link #demand} asks for them; policies all at once. Needs
   * {@link #attach} before the first demand.
   */
  public static MeshSubscription onDemand(MeshView initial, OnDemand settings) {
    return new MeshSubscription(initial, Optional.of(settings), GRACE);
  }

  /** Both handlers, in the order in which they are subscribed. */
  public List<ResourceHandler> handlers() {
    return handlers;
  }

  /** The client that has these handlers, to ask for names through. */
  public void attach(AdsClient itsClient) {
    client.complete(itsClient);
  }

  boolean fetchesOnDemand() {
    return onDemand.isPresent();
  }

  /**
   * {@inheritDoc}
   *
   * <p>While a name has not been answered in time, whoever asks for it fails: only the first
   * connection waits. At the limit of names those that were used longest ago make room; if each of
   * them is waited for, it fails at once. Nobody is told that there is nothing unless the control
   * plane said so.
   */
  @Override
  public CompletionStage<MeshView> demand(String name) {
    if (onDemand.isEmpty()) {
      return CompletableFuture.completedStage(current());
    }
    CompletableFuture<Void> answer;
    synchronized (this) {
      long now = System.nanoTime();
      sweep(now);
      boolean fresh = !names.contains(name);
      if (fresh && names.full() && !makeRoom()) {
        return CompletableFuture.failedStage(
            new TimeoutException("asked for too many names to ask for " + name));
      }
      answer = names.use(name, now);
      if (fresh) {
        client.thenAccept(c -> c.subscribe(ADDRESS_TYPE, Set.of(name)));
        answer.orTimeout(onDemand.get().patience().toMillis(), TimeUnit.MILLISECONDS);
      }
      if (DemandedNames.known(name, current())) {
        return CompletableFuture.completedStage(current());
      }
    }
    return answer.thenApply(_ -> current());
  }

  /** Called by the address handler with every name and alias of a response, once it is applied. */
  void answered(Set<String> resourceNames) {
    List<CompletableFuture<Void>> over;
    synchronized (this) {
      over = names.answered(resourceNames, current());
    }
    over.forEach(waiter -> waiter.complete(null));
  }

  /** Called by the handlers, on the client's thread. */
  synchronized void publish(MeshDelta delta) {
    advance(deferred.settle(delta, current()));
    if (!deferred.isEmpty() && !graceRuns) {
      graceRuns = true;
      afterGrace.execute(this::endGrace);
    }
  }

  private synchronized void endGrace() {
    graceRuns = false;
    advance(MeshDelta.of(deferred.giveUp(), List.of(), List.of()));
  }

  private void sweep(long now) {
    long pause = onDemand.orElseThrow().idle().toNanos() / 4;
    if (now - sweptNanos >= pause && deferred.isEmpty()) {
      sweptNanos = now;
      drop(names.forgetIdle(now));
    }
  }

  private boolean makeRoom() {
    return deferred.isEmpty() && drop(names.forgetOldest());
  }

  /**
   * No longer holds what only {@code forgotten} names had brought; whether there are any. Not while
   * anything is held back: that is not in the view yet, would be missed, and come once it may.
   */
  private boolean drop(Set<String> forgotten) {
    if (forgotten.isEmpty()) {
      return false;
    }
    MeshDelta removal = names.removal(forgotten, current());
    Set<String> dropped = new HashSet<>(removal.removedWorkloads());
    removal.removedServices().stream().map(ServiceKey::toString).forEach(dropped::add);
    client.thenAccept(c -> c.drop(ADDRESS_TYPE, forgotten, dropped));
    advance(removal);
    return true;
  }
}
