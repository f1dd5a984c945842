package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.NetworkAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Seeded garbage: whatever arrives is applied or rejected, and nothing is thrown. */
class GarbageTest {
  private static final int ROUNDS = 20_000;

  private final MeshSubscription mesh = new MeshSubscription(MeshView.EMPTY);

  @Test
  void damagedAddressesAreAppliedOrRejected() {
    byte[] whole =
        MeshMessages.message(
                workload("web")
                    .at("10.0.0.1", "fd00::1")
                    .backs("a/b", 80, 8080)
                    .policies("a/p")
                    .waypoint(new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.9"), 1))
                    .build())
            .toByteArray();
    damage(mesh.handlers().getFirst(), "Kubernetes//Pod/default/web", whole, 1);
  }

  @Test
  void damagedServicesAreAppliedOrRejected() {
    byte[] whole =
        MeshMessages.message(
                service("a/b").vips("/10.0.0.1").blocks("/10.0.0.0/8").ports(80, 8080).build())
            .toByteArray();
    damage(mesh.handlers().getFirst(), "a/b", whole, 2);
  }

  @Test
  void damagedPoliciesAreAppliedOrRejected() {
    byte[] whole =
        MeshMessages.message(
                policy("a/p", PolicyScope.NAMESPACE, PolicyAction.DENY, principals("x", "y")))
            .toByteArray();
    damage(mesh.handlers().getLast(), "a/p", whole, 3);
  }

  private void damage(ResourceHandler handler, String name, byte[] whole, long seed) {
    Random random = new Random(seed);
    int rejected = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = damaged(whole, random);
      AdsResource resource = new AdsResource(name, List.of(), "v", ByteString.copyFrom(bytes));
      rejected += handler.apply(List.of(resource), List.of()).size();
    }
    assertThat(rejected).isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))
        : bytes;
  }
}
