package dev.marrow.ztunnel.capture;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.proto.zds.AddWorkload;
import dev.marrow.proto.zds.WorkloadInfo;
import dev.marrow.proto.zds.WorkloadRequest;

/** What the node agent said in one packet. */
sealed interface ZdsRequest {
  /** A pod to serve; its network namespace comes along as a descriptor. */
  record Add(PodUid uid, PodWorkload workload) implements ZdsRequest {}

  /** In a snapshot: the pod is still there, its namespace is not at hand. */
  record Keep(PodUid uid) implements ZdsRequest {}

  record Del(PodUid uid) implements ZdsRequest {}

  /** Pods not named so far are gone. */
  record SnapshotSent() implements ZdsRequest {}

  /** An announcement that makes no sense; it is refused and the connection goes on. */
  record Unusable(String reason) implements ZdsRequest {}

  /** Not this protocol. */
  record Violation(String reason) implements ZdsRequest {}

  /**
   * @param bytes one packet, complete
   * @param descriptors how many descriptors came with it
   */
  static ZdsRequest decode(byte[] bytes, int descriptors) {
    WorkloadRequest request;
    try {
      request = WorkloadRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException malformed) {
      return new Violation("not a WorkloadRequest: " + malformed.getMessage());
    }
    int expected = request.hasAdd() ? 1 : 0;
    if (descriptors != expected) {
      return new Violation(
          "%s with %d descriptors (expected: %d)"
              .formatted(request.getPayloadCase(), descriptors, expected));
    }
    try {
      return switch (request.getPayloadCase()) {
        case ADD -> add(request.getAdd());
        case KEEP -> new Keep(new PodUid(request.getKeep().getUid()));
        case DEL -> new Del(new PodUid(request.getDel().getUid()));
        case SNAPSHOT_SENT -> new SnapshotSent();
        case PAYLOAD_NOT_SET -> new Violation("a WorkloadRequest without content we know");
      };
    } catch (IllegalArgumentException unusable) {
      return new Unusable(String.valueOf(unusable.getMessage()));
    }
  }

  private static Add add(AddWorkload add) {
    WorkloadInfo who = add.getWorkloadInfo();
    var workload = new PodWorkload(who.getNamespace(), who.getName(), who.getServiceAccount());
    return new Add(new PodUid(add.getUid()), workload);
  }
}
