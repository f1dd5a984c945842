package dev.marrow.ztunnel.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.marrow.proto.zds.AddWorkload;
import dev.marrow.proto.zds.DelWorkload;
import dev.marrow.proto.zds.KeepWorkload;
import dev.marrow.proto.zds.SnapshotSent;
import dev.marrow.proto.zds.WorkloadInfo;
import dev.marrow.proto.zds.WorkloadRequest;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ZdsRequestTest {
  static final byte[] ADD = add("uid-1", "shop", "web-1", "web");

  static byte[] add(String uid, String namespace, String name, String account) {
    var who =
        WorkloadInfo.newBuilder().setNamespace(namespace).setName(name).setServiceAccount(account);
    var add = AddWorkload.newBuilder().setUid(uid).setWorkloadInfo(who);
    return WorkloadRequest.newBuilder().setAdd(add).build().toByteArray();
  }

  static byte[] del(String uid) {
    var del = DelWorkload.newBuilder().setUid(uid);
    return WorkloadRequest.newBuilder().setDel(del).build().toByteArray();
  }

  static byte[] keep(String uid) {
    var keep = KeepWorkload.newBuilder().setUid(uid);
    return WorkloadRequest.newBuilder().setKeep(keep).build().toByteArray();
  }

  static byte[] snapshotSent() {
    var sent = SnapshotSent.getDefaultInstance();
    return WorkloadRequest.newBuilder().setSnapshotSent(sent).build().toByteArray();
  }

  @Test
  void eachRequestIsUnderstood() {
    var uid = new PodUid("uid-1");

    assertThat(ZdsRequest.decode(ADD, 1))
        .isEqualTo(new ZdsRequest.Add(uid, new PodWorkload("shop", "web-1", "web")));
    assertThat(ZdsRequest.decode(keep("uid-1"), 0)).isEqualTo(new ZdsRequest.Keep(uid));
    assertThat(ZdsRequest.decode(del("uid-1"), 0)).isEqualTo(new ZdsRequest.Del(uid));
    assertThat(ZdsRequest.decode(snapshotSent(), 0)).isEqualTo(new ZdsRequest.SnapshotSent());
  }

  @Test
  void theBytesAreThoseOfThePublicProtocol() {
    assertThat(del("u")).containsExactly(0x12, 3, 0x12, 1, 'u');
    assertThat(keep("u")).containsExactly(0x2a, 3, 0x0a, 1, 'u');
    assertThat(snapshotSent()).containsExactly(0x1a, 0);
    assertThat(add("u", "n", "p", "s"))
        .containsExactly(0x0a, 14, 0x0a, 1, 'u', 0x12, 9, 0x0a, 1, 'p', 0x12, 1, 'n', 0x1a, 1, 's');
  }

  @Test
  void anAddNeedsExactlyOneDescriptorAndNothingElseHasAny() {
    assertThat(ZdsRequest.decode(ADD, 0)).isInstanceOf(ZdsRequest.Violation.class);
    assertThat(ZdsRequest.decode(ADD, 2)).isInstanceOf(ZdsRequest.Violation.class);
    assertThat(ZdsRequest.decode(del("uid-1"), 1)).isInstanceOf(ZdsRequest.Violation.class);
    assertThat(ZdsRequest.decode(snapshotSent(), 1)).isInstanceOf(ZdsRequest.Violation.class);
  }

  @Test
  void garbageAndUnknownContentAreViolations() {
    assertThat(ZdsRequest.decode(new byte[] {(byte) 0xff, 1}, 0))
        .isInstanceOf(ZdsRequest.Violation.class);
    // Field 4 was never used.
    assertThat(ZdsRequest.decode(new byte[] {0x22, 0}, 0)).isInstanceOf(ZdsRequest.Violation.class);
  }

  @Test
  void aPodWithoutUidOrIdentityIsRefused() {
    assertThat(ZdsRequest.decode(add("", "n", "p", "s"), 1))
        .isInstanceOf(ZdsRequest.Unusable.class);
    assertThat(ZdsRequest.decode(add("u", "n", "p", ""), 1))
        .isEqualTo(new ZdsRequest.Unusable("pod service account: '' (expected: not empty)"));
    assertThat(ZdsRequest.decode(del(""), 0)).isInstanceOf(ZdsRequest.Unusable.class);
  }

  @Test
  void whateverArrivesIsDecodedWithoutAnException() {
    var random = new Random(20261123);
    for (int round = 0; round < 100_000; round++) {
      byte[] bytes = ADD.clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      byte[] cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      int descriptors = random.nextInt(3);

      assertThatCode(() -> ZdsRequest.decode(cut, descriptors)).doesNotThrowAnyException();
    }
  }
}
