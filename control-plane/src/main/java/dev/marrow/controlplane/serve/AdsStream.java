package dev.marrow.controlplane.serve;

import dev.marrow.controlplane.authority.Caller;
import dev.marrow.controlplane.publish.ResourceId;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One client's stream. Thread-safe: requests, changes and the transport's readiness come from
 * different threads; all state is under the monitor, and nothing waits there.
 */
final class AdsStream implements StreamObserver<DeltaDiscoveryRequest> {
  private static final int MAX_NAMES = 100_000;

  private final ResourceTables tables;
  private final ServerCallStreamObserver<DeltaDiscoveryResponse> answers;
  private final ScopeCheck scopes;
  private final Caller caller;
  private final Surroundings around;
  private final Consumer<Set<ResourceId>> listener = this::changed;
  private final Map<ResourceType, Subscription> subscriptions = new EnumMap<>(ResourceType.class);
  private final AtomicBoolean due = new AtomicBoolean();
  private Optional<ClientNode> client = Optional.empty();
  private String scope = "";
  private long nonces;
  private boolean opened;
  private boolean over;

  /**
   * What a stream shares with all others.
   *
   * @param executor sends, so that who announces a change does not have to
   * @param ended is told of each stream that is over
   */
  record Surroundings(Executor executor, StreamReport report, Consumer<AdsStream> ended) {}

  AdsStream(
      ResourceTables tables,
      ServerCallStreamObserver<DeltaDiscoveryResponse> answers,
      ScopeCheck scopes,
      Caller caller,
      Surroundings around) {
    this.tables = tables;
    this.answers = answers;
    this.scopes = scopes;
    this.caller = caller;
    this.around = around;
  }

  void start() {
    answers.setOnReadyHandler(this::schedule);
    answers.setOnCancelHandler(() -> end("cancelled"));
    tables.onChange(listener);
  }

  @Override
  public synchronized void onNext(DeltaDiscoveryRequest request) {
    if (over || client.isEmpty() && !introduce(request)) {
      return;
    }
    Optional<ResourceType> type = ResourceType.of(request.getTypeUrl());
    if (type.isEmpty()) {
      unknownType(request);
      return;
    }
    Subscription subscription =
        subscriptions.computeIfAbsent(
            type.get(),
            t ->
                new Subscription(
                    tables, t, scopeOf(t), client.map(ClientNode::nodeName).orElse("")));
    if (!request.getResponseNonce().isEmpty()) {
      answered(type.get(), subscription, request);
    }
    boolean changes =
        request.getResourceNamesSubscribeCount() + request.getResourceNamesUnsubscribeCount() > 0;
    if (request.getResponseNonce().isEmpty() || changes) {
      subscription.request(request);
    }
    if (subscription.asked() > MAX_NAMES) {
      fail(Status.RESOURCE_EXHAUSTED, "more than %d names".formatted(MAX_NAMES));
      return;
    }
    send();
  }

  private boolean introduce(DeltaDiscoveryRequest request) {
    client = ClientNode.of(request.getNode());
    if (client.isEmpty()) {
      fail(Status.INVALID_ARGUMENT, "node id: '%s'".formatted(request.getNode().getId()));
      return false;
    }
    switch (scopes.check(client.get(), caller)) {
      case ScopeCheck.Scope.Granted(String granted) -> scope = granted;
      case ScopeCheck.Scope.Refused(String reason) -> {
        fail(Status.PERMISSION_DENIED, reason);
        return false;
      }
    }
    opened = true;
    around.report().opened(client.get().id());
    return true;
  }

  private String scopeOf(ResourceType type) {
    return type == ResourceType.DESTINATION ? scope : "";
  }

  private void answered(
      ResourceType type, Subscription subscription, DeltaDiscoveryRequest request) {
    subscription.answered(request.getResponseNonce());
    if (request.hasErrorDetail()) {
      around.report().rejected(name(), type, request.getErrorDetail().getMessage());
    }
  }

  /** Nobody has it, which is an answer too: a client must not wait for it forever. */
  private void unknownType(DeltaDiscoveryRequest request) {
    if (request.getResponseNonce().isEmpty()) {
      answers.onNext(
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(request.getTypeUrl())
              .setNonce(nonce())
              .build());
    }
  }

  private void changed(Set<ResourceId> changed) {
    boolean concerned = false;
    synchronized (this) {
      for (Subscription subscription : subscriptions.values()) {
        for (ResourceId id : changed) {
          concerned |= subscription.changed(id);
        }
      }
    }
    if (concerned) {
      schedule();
    }
  }

  private void schedule() {
    if (due.compareAndSet(false, true)) {
      around
          .executor()
          .execute(() -> {
            due.set(false);
            send();
          });
    }
  }

  private synchronized void send() {
    subscriptions.forEach(
        (type, subscription) -> send(type, subscription, type != ResourceType.AUTHORIZATION));
    // A policy goes only after the workloads that named it: a client that is told of its end first
    // has workloads with an unknown policy, and denies everybody until it hears the rest.
    Subscription policies = subscriptions.get(ResourceType.AUTHORIZATION);
    if (policies != null && told(ResourceType.ADDRESS) && told(ResourceType.WORKLOAD)) {
      send(ResourceType.AUTHORIZATION, policies, true);
    }
  }

  private boolean told(ResourceType type) {
    Subscription subscription = subscriptions.get(type);
    return subscription == null || subscription.waiting() == 0;
  }

  private void send(ResourceType type, Subscription subscription, boolean withRemovals) {
    if (over || !answers.isReady()) {
      return;
    }
    subscription
        .next(nonce(), withRemovals)
        .ifPresent(response -> {
          answers.onNext(response);
          around
              .report()
              .pushed(
                  type,
                  response.getResourcesCount(),
                  response.getRemovedResourcesCount(),
                  response.getSerializedSize());
        });
  }

  private String nonce() {
    return Long.toString(++nonces);
  }

  private String name() {
    return client.map(ClientNode::id).orElse("?");
  }

  private void fail(Status status, String reason) {
    answers.onError(status.withDescription(reason).asRuntimeException());
    end(reason);
  }

  private synchronized void end(String why) {
    if (!over) {
      over = true;
      tables.forget(listener);
      around.ended().accept(this);
      if (opened) {
        around.report().closed(name(), why);
      }
    }
  }

  @Override
  public void onError(Throwable error) {
    end(String.valueOf(error.getMessage()));
  }

  @Override
  public synchronized void onCompleted() {
    if (!over) {
      end("completed");
      answers.onCompleted();
    }
  }

  /** Whether the client was told all there is for it, and has answered. */
  synchronized boolean heard() {
    return over || subscriptions.values().stream().allMatch(Subscription::heard);
  }

  /** What the client has not been sent yet, for the admin page. */
  synchronized Map<ResourceType, Integer> waiting() {
    Map<ResourceType, Integer> waiting = new EnumMap<>(ResourceType.class);
    subscriptions.forEach((type, subscription) -> waiting.put(type, subscription.waiting()));
    return waiting;
  }
}
