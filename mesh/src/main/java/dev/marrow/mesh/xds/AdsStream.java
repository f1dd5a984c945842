package dev.marrow.mesh.xds;

import dev.marrow.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream on one connection. Methods are called by the client's thread; what arrives is handed
 * to {@code events} on gRPC's thread, one response at a time: the next one is read once {@link
 * #next()} is called, so nothing piles up.
 */
final class AdsStream
    implements ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
  private final ManagedChannel channel;
  private final Consumer<AdsEvent> events;
  private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> requests;

  private AdsStream(ManagedChannel channel, Consumer<AdsEvent> events) {
    this.channel = channel;
    this.events = events;
  }

  /** Takes over {@code channel} and closes it in the end. */
  static AdsStream open(ManagedChannel channel, Metadata headers, Consumer<AdsEvent> events) {
    AdsStream stream = new AdsStream(channel, events);
    AggregatedDiscoveryServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .deltaAggregatedResources(stream);
    return stream;
  }

  void send(DeltaDiscoveryRequest request) {
    open().onNext(request);
  }

  /** Lets the next response in. */
  void next() {
    open().request(1);
  }

  void close() {
    if (requests != null) {
      requests.cancel("closed", null);
    }
    channel.shutdownNow();
  }

  private ClientCallStreamObserver<DeltaDiscoveryRequest> open() {
    if (requests == null) {
      throw new IllegalStateException("stream: not started");
    }
    return requests;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> started) {
    started.disableAutoRequestWithInitial(1);
    requests = started;
  }

  @Override
  public void onNext(DeltaDiscoveryResponse response) {
    events.accept(new AdsEvent.Received(this, response));
  }

  @Override
  public void onError(Throwable error) {
    events.accept(new AdsEvent.Ended(this, Status.fromThrowable(error)));
  }

  @Override
  public void onCompleted() {
    events.accept(new AdsEvent.Ended(this, Status.OK));
  }
}
