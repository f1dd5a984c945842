package dev.marrow.mesh.xds;

import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Status;
import java.util.Set;

/** What the client's thread waits for. */
sealed interface AdsEvent {
  /** The stream brought a response. */
  record Received(AdsStream stream, DeltaDiscoveryResponse response) implements AdsEvent {}

  /** The stream is over. */
  record Ended(AdsStream stream, Status status) implements AdsEvent {}

  /**
   * Somebody wants more, or fewer, names.
   *
   * @param dropped resources that are no longer held, whatever name they came by
   */
  record Names(String typeUrl, Set<String> more, Set<String> fewer, Set<String> dropped)
      implements AdsEvent {}

  /** The client is to end. */
  record Close() implements AdsEvent {}
}
