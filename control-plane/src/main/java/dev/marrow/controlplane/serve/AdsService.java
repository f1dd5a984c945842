package dev.marrow.controlplane.serve;

import dev.marrow.controlplane.authority.Caller;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.resources.ResourceSnapshot;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The delta ADS service. Thread-safe. */
public final class AdsService
    extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
  private final ResourceTables tables;
  private final ScopeCheck scopes;
  private final AdsStream.Surroundings around;
  private final Set<AdsStream> streams = ConcurrentHashMap.newKeySet();

  /**
   * Serves {@code tables}.
   *
   * @param objects the newest objects, to know whose a Gateway is
   */
  public AdsService(
      ResourceTables tables,
      Supplier<ResourceSnapshot> objects,
      Executor executor,
      StreamReport report) {
    this.tables = tables;
    this.scopes = new ScopeCheck(objects);
    this.around = new AdsStream.Surroundings(executor, report, streams::remove);
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> answers) {
    // What gRPC hands to a service is always one of these.
    var observer = (ServerCallStreamObserver<DeltaDiscoveryResponse>) answers;
    AdsStream stream = new AdsStream(tables, observer, scopes, Caller.CURRENT.get(), around);
    streams.add(stream);
    stream.start();
    return stream;
  }

  /** Whether every client was told all there is for it, and has answered. */
  public boolean heard() {
    return streams.stream().allMatch(AdsStream::heard);
  }
}
