package dev.marrow.controlplane;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import dev.marrow.proto.core.Node;
import dev.marrow.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A raw delta-ADS client: sends what it is told to and keeps what comes. */
public final class AdsClient implements StreamObserver<DeltaDiscoveryResponse> {
  public static final String ADDRESS = "type.googleapis.com/istio.workload.Address";
  public static final String AUTHORIZATION = "type.googleapis.com/istio.security.Authorization";
  public static final String DESTINATION =
      "type.googleapis.com/marrow.waypoint.v1alpha1.Destination";

  private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
  private final StreamObserver<DeltaDiscoveryRequest> requests;

  public AdsClient(ManagedChannel channel, String token) {
    requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .withCallCredentials(RunningPlane.bearer(token))
            .deltaAggregatedResources(this);
  }

  public static Node node(String kind, String namespace, Map<String, String> metadata) {
    Struct.Builder fields = Struct.newBuilder();
    new TreeMap<>(metadata)
        .forEach((k, v) -> fields.putFields(k, Value.newBuilder().setStringValue(v).build()));
    return Node.newBuilder()
        .setId("%s~127.0.0.1~pod-1.%s~%s.svc.cluster.local".formatted(kind, namespace, namespace))
        .setMetadata(fields)
        .build();
  }

  public static Node ztunnel() {
    return node("ztunnel", "marrow-system", Map.of("NODE_NAME", "node-1"));
  }

  public void send(String type, Consumer<DeltaDiscoveryRequest.Builder> fill) {
    DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(type);
    fill.accept(request);
    requests.onNext(request.build());
  }

  public void ack(DeltaDiscoveryResponse response) {
    send(response.getTypeUrl(), r -> r.setResponseNonce(response.getNonce()));
  }

  public void nack(DeltaDiscoveryResponse response, String reason) {
    send(
        response.getTypeUrl(),
        r ->
            r.setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setCode(3).setMessage(reason)));
  }

  public DeltaDiscoveryResponse receive() throws InterruptedException {
    DeltaDiscoveryResponse response = responses.poll(10, TimeUnit.SECONDS);
    if (response == null) {
      throw new AssertionError("no response; errors " + errors);
    }
    return response;
  }

  /** The next response, acknowledged. */
  public DeltaDiscoveryResponse take() throws InterruptedException {
    DeltaDiscoveryResponse response = receive();
    ack(response);
    return response;
  }

  public Throwable error() throws InterruptedException {
    Throwable error = errors.poll(10, TimeUnit.SECONDS);
    if (error == null) {
      throw new AssertionError("no error");
    }
    return error;
  }

  public int waiting() {
    return responses.size();
  }

  @Override
  public void onNext(DeltaDiscoveryResponse response) {
    responses.add(response);
  }

  @Override
  public void onError(Throwable error) {
    errors.add(error);
  }

  @Override
  public void onCompleted() {
    errors.add(new IllegalStateException("completed"));
  }
}
