package dev.marrow.ztunnel.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.marrow.proto.zds.AddWorkload;
import dev.marrow.proto.zds.DelWorkload;
import dev.marrow.proto.zds.SnapshotSent;
import dev.marrow.proto.zds.WorkloadInfo;
import dev.marrow.proto.zds.WorkloadRequest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any packet from the node agent's socket, with or without a descriptor. */
class ZdsRequestFuzzTest {
  static Stream<byte[]> packets() {
    var web = WorkloadInfo.newBuilder().setName("web").setNamespace("a").setServiceAccount("b");
    return Stream.of(
            WorkloadRequest.newBuilder()
                .setAdd(AddWorkload.newBuilder().setUid("1-2").setWorkloadInfo(web)),
            WorkloadRequest.newBuilder().setDel(DelWorkload.newBuilder().setUid("1-2")),
            WorkloadRequest.newBuilder().setSnapshotSent(SnapshotSent.getDefaultInstance()))
        .map(request -> request.build().toByteArray());
  }

  @MethodSource("packets")
  @FuzzTest
  void aPacketIsARequestOrIsRefusedWithAReason(byte[] packet) {
    for (int descriptors = 0; descriptors <= 2; descriptors++) {
      switch (ZdsRequest.decode(packet, descriptors)) {
        case ZdsRequest.Add _ -> assertThat(descriptors).isOne();
        case ZdsRequest.Keep _, ZdsRequest.Del _, ZdsRequest.SnapshotSent _ ->
            assertThat(descriptors).isZero();
        case ZdsRequest.Unusable(String reason) -> assertThat(reason).isNotBlank();
        case ZdsRequest.Violation(String reason) -> assertThat(reason).isNotBlank();
      }
    }
  }
}
