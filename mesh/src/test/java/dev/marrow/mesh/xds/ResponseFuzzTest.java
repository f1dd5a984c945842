package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a resource of a response: applied or rejected by name, never thrown. */
class ResponseFuzzTest {
  private static final String ADDRESSES = "type.googleapis.com/istio.workload.Address";

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

  static Stream<byte[]> responses() {
    var builder = DeltaDiscoveryResponse.newBuilder().setNonce("n").setTypeUrl(ADDRESSES);
    Stream.concat(addresses(), Stream.of(new byte[] {1, 2, 3}))
        .forEach(bytes ->
            builder.addResources(
                Resource.newBuilder()
                    .setName("a/b")
                    .setVersion("1")
                    .addAliases("/10.0.0.1")
                    .setResource(
                        Any.newBuilder()
                            .setTypeUrl(ADDRESSES)
                            .setValue(ByteString.copyFrom(bytes)))));
    return Stream.of(
        builder.build().toByteArray(),
        builder.clone().addRemovedResources("a/b").setTypeUrl("x").build().toByteArray());
  }

  @MethodSource("responses")
  @FuzzTest
  void aWholeResponseIsAnsweredByItsNonce(byte[] input) {
    DeltaDiscoveryResponse response;
    try {
      response = DeltaDiscoveryResponse.parseFrom(input);
    } catch (InvalidProtocolBufferException notAMessage) {
      return; // The stream ends, and another one is opened.
    }
    var type = new AdsType(new MeshSubscription(MeshView.EMPTY).handlers().getFirst());

    DeltaDiscoveryRequest answer = type.answer(response);

    assertThat(answer.getResponseNonce()).isEqualTo(response.getNonce());
    assertThat(answer.getErrorDetail().getMessage()).doesNotContain("java.lang.");
  }

  private static void offer(ResourceHandler handler, String name, byte[] input) {
    var resource = new AdsResource(name, List.of(), "v", ByteString.copyFrom(input));

    List<Rejection> rejections = handler.apply(List.of(resource), List.of());

    assertThat(rejections).hasSizeLessThanOrEqualTo(1);
    rejections.forEach(rejection -> assertThat(rejection.name()).isEqualTo(name));
  }
}
