package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.NetworkAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a resource of a response: applied or rejected by name, never thrown. */
class ResponseFuzzTest {
  static Stream<byte[]> addresses() {
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.9"), 15008);
    return Stream.of(
        MeshMessages.message(
                workload("web")
                    .at("10.0.0.1", "fd00::1")
                    .backs("a/b", 80, 8080)
                    .policies("a/p")
                    .waypoint(gateway)
                    .build())
            .toByteArray(),
        MeshMessages.message(
                service("a/b").vips("/10.0.0.1").blocks("/10.0.0.0/8").ports(80, 8080).build())
            .toByteArray());
  }

  static Stream<byte[]> policies() {
    return Stream.of(
        MeshMessages.message(
                policy("a/p", PolicyScope.NAMESPACE, PolicyAction.DENY, principals("x", "y*")))
            .toByteArray());
  }

  @MethodSource("addresses")
  @FuzzTest
  void anAddressIsAppliedOrRejected(byte[] input) {
    var mesh = new MeshSubscription(MeshView.EMPTY);
    for (String name : List.of("Kubernetes//Pod/default/web", "a/b")) {
      offer(mesh.handlers().getFirst(), name, input);
    }
  }

  @MethodSource("policies")
  @FuzzTest
  void aPolicyIsAppliedOrRejected(byte[] input) {
    offer(new MeshSubscription(MeshView.EMPTY).handlers().getLast(), "a/p", input);
  }

  private static void offer(ResourceHandler handler, String name, byte[] input) {
    var resource = new AdsResource(name, List.of(), "v", ByteString.copyFrom(input));

    List<Rejection> rejections = handler.apply(List.of(resource), List.of());

    assertThat(rejections).hasSizeLessThanOrEqualTo(1);
    rejections.forEach(rejection -> assertThat(rejection.name()).isEqualTo(name));
  }
}
