package dev.marrow.nodeagent.zds;

import dev.marrow.linux.Netns;
import dev.marrow.proto.zds.AddWorkload;
import dev.marrow.proto.zds.DelWorkload;
import dev.marrow.proto.zds.KeepWorkload;
import dev.marrow.proto.zds.SnapshotSent;
import dev.marrow.proto.zds.WorkloadInfo;
import dev.marrow.proto.zds.WorkloadRequest;

/** One pod in a snapshot. Does not own the namespace. */
public sealed interface PodEntry {
  record Present(String uid, String namespace, String name, String serviceAccount, Netns netns)
      implements PodEntry {}

  /** Still there, but its network namespace cannot be opened now. */
  record OutOfReach(String uid) implements PodEntry {}

  /** The packet for {@code entry}. */
  static byte[] request(PodEntry entry) {
    var request = WorkloadRequest.newBuilder();
    switch (entry) {
      case Present pod ->
          request.setAdd(
              AddWorkload.newBuilder()
                  .setUid(pod.uid())
                  .setWorkloadInfo(
                      WorkloadInfo.newBuilder()
                          .setNamespace(pod.namespace())
                          .setName(pod.name())
                          .setServiceAccount(pod.serviceAccount())));
      case OutOfReach(String uid) -> request.setKeep(KeepWorkload.newBuilder().setUid(uid));
    }
    return request.build().toByteArray();
  }

  static byte[] deletion(String uid) {
    var deletion = DelWorkload.newBuilder().setUid(uid);
    return WorkloadRequest.newBuilder().setDel(deletion).build().toByteArray();
  }

  static byte[] endOfSnapshot() {
    var end = SnapshotSent.getDefaultInstance();
    return WorkloadRequest.newBuilder().setSnapshotSent(end).build().toByteArray();
  }
}
