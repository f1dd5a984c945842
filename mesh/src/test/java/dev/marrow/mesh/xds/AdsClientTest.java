package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static dev.marrow.mesh.xds.MeshSubscription.ADDRESS_TYPE;
import static dev.marrow.mesh.xds.MeshSubscription.AUTHORIZATION_TYPE;
import static dev.marrow.mesh.xds.TestAdsServer.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.Resource;
import dev.marrow.proto.workload.Address;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdsClientTest {
  private static final AdsNode NODE =
      new AdsNode("ztunnel~1.1.1.1~z.ns~ns.svc.cluster.local", Map.of("NODE_NAME", "n1"));

  private final TestAdsServer server = TestAdsServer.plaintext();
  private final MeshSubscription mesh = new MeshSubscription(MeshView.EMPTY);
  private final BlockingQueue<String> counted = new LinkedBlockingQueue<>();
  private final AdsClient client =
      new AdsClient(
          AdsSettings.of(
              new AdsServer.Plaintext("127.0.0.1", server.port()),
              NODE,
              new BearerToken.Literal("secret"),
              Map.of("clusterid", "c1")),
          mesh.handlers(),
          new AdsMetrics() {
            @Override
            public void onTermination(Termination reason) {
              counted.add(reason.label());
            }

            @Override
            public void onMessage(String typeUrl, int bytes) {
              counted.add(typeUrl.substring(typeUrl.lastIndexOf('.') + 1) + ">" + (bytes > 0));
            }
          });

  @BeforeEach
  void start() {
    client.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void theFirstRequestOfEachTypeCarriesTheNodeAndAsksForEverything() throws Exception {
    TestAdsServer.Stream stream = server.stream();

    DeltaDiscoveryRequest addresses = stream.request();
    DeltaDiscoveryRequest policies = stream.request();

    assertThat(addresses.getTypeUrl()).isEqualTo(ADDRESS_TYPE);
    assertThat(policies.getTypeUrl()).isEqualTo(AUTHORIZATION_TYPE);
    assertThat(List.of(addresses, policies))
        .allSatisfy(request -> {
          assertThat(request.getNode().getId()).isEqualTo(NODE.id());
          assertThat(request.getNode().getMetadata().getFieldsOrThrow("NODE_NAME"))
              .extracting(value -> value.getStringValue())
              .isEqualTo("n1");
          assertThat(request.getResourceNamesSubscribeList()).isEmpty();
          assertThat(request.getInitialResourceVersionsMap()).isEmpty();
        });
  }

  @Test
  void tokenAndClusterGoAlongAsHeaders() throws Exception {
    TestAdsServer.Stream stream = server.stream();

    assertThat(stream.header("authorization")).isEqualTo("Bearer secret");
    assertThat(stream.header("clusterid")).isEqualTo("c1");
  }

  @Test
  void goodResourcesAreAppliedAndAcknowledged() throws Exception {
    TestAdsServer.Stream stream = opened();

    String nonce =
        stream.send(ADDRESS_TYPE, List.of(resource(workload("web").at("10.0.0.1").build(), "v1")));

    DeltaDiscoveryRequest ack = stream.request();
    assertThat(ack.getResponseNonce()).isEqualTo(nonce);
    assertThat(ack.hasErrorDetail()).isFalse();
    assertThat(ack.hasNode()).isFalse();
    assertThat(mesh.current().workloadCount()).isEqualTo(1);
  }

  @Test
  void badResourcesAreRejectedAloneWithEveryReason() throws Exception {
    TestAdsServer.Stream stream = opened();

    stream.send(
        ADDRESS_TYPE,
        List.of(resource(workload("web").build(), "v1"), withoutUid("bad-1"), withoutUid("bad-2")));

    DeltaDiscoveryRequest nack = stream.request();
    assertThat(nack.getErrorDetail().getMessage()).contains("bad-1: ", "bad-2: ", "uid");
    assertThat(mesh.current().workloads()).extracting(Workload::name).containsExactly("web");
  }

  @Test
  void aResourceOfAnotherTypeInAResponseIsRejected() throws Exception {
    TestAdsServer.Stream stream = opened();

    stream.send(AUTHORIZATION_TYPE, List.of(resource("a/b", "v1", Address.getDefaultInstance())));

    assertThat(stream.request().getErrorDetail().getMessage())
        .contains("expected: " + AUTHORIZATION_TYPE);
  }

  @Test
  void removalsAreAppliedBeforeUpserts() throws Exception {
    TestAdsServer.Stream stream = opened();
    Workload web = workload("web").build();
    stream.send(ADDRESS_TYPE, List.of(resource(web, "v1")));
    stream.request();

    stream.send(ADDRESS_TYPE, List.of(resource(web, "v2")), web.uid());

    stream.request();
    assertThat(mesh.current().workload(web.uid())).isPresent();
  }

  @Test
  void removedResourcesAreGone() throws Exception {
    TestAdsServer.Stream stream = opened();
    stream.send(
        ADDRESS_TYPE,
        List.of(resource(workload("web").build(), "v1"), resource(service("a/b").build(), "v1")));
    stream.request();

    stream.send(ADDRESS_TYPE, List.of(), "Kubernetes//Pod/default/web", "a/b", "never/known");

    assertThat(stream.request().hasErrorDetail()).isFalse();
    assertThat(mesh.current().workloadCount()).isZero();
    assertThat(mesh.current().serviceCount()).isZero();
  }

  @Test
  void itIsReadyOnceEachTypeHadItsFirstAcceptedResponse() throws Exception {
    TestAdsServer.Stream stream = opened();
    stream.send(ADDRESS_TYPE, List.of());
    stream.request();
    assertThat(client.ready().toCompletableFuture().isDone()).isFalse();

    stream.send(AUTHORIZATION_TYPE, List.of(resource("x/y", "v", Address.getDefaultInstance())));
    assertThat(stream.request().hasErrorDetail()).isTrue();
    assertThat(client.ready().toCompletableFuture().isDone()).isFalse();

    stream.send(AUTHORIZATION_TYPE, List.of());
    client.ready().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aNewStreamListsTheVersionsThatWereAcceptedAndTheNamesOfTheRest() throws Exception {
    TestAdsServer.Stream stream = opened();
    stream.send(
        ADDRESS_TYPE,
        List.of(
            resource(workload("kept").build(), "v7"),
            resource(workload("gone").build(), "v8"),
            withoutUid("rejected")));
    stream.request();
    stream.send(ADDRESS_TYPE, List.of(), "Kubernetes//Pod/default/gone");
    stream.request();

    stream.complete();

    DeltaDiscoveryRequest first = server.stream().request();
    assertThat(first.getInitialResourceVersionsMap())
        .isEqualTo(Map.of("Kubernetes//Pod/default/kept", "v7", "rejected", "rejected"));
    assertThat(first.hasNode()).isTrue();
  }

  @Test
  void whatIsKnownStaysWhileTheServerIsAway() throws Exception {
    TestAdsServer.Stream stream = opened();
    stream.send(ADDRESS_TYPE, List.of(resource(workload("web").build(), "v1")));
    stream.request();

    stream.fail(Status.UNAVAILABLE);

    server.stream();
    assertThat(mesh.current().workloadCount()).isEqualTo(1);
  }

  @Test
  void endsAndMessagesAreCounted() throws Exception {
    TestAdsServer.Stream stream = opened();
    stream.send(ADDRESS_TYPE, List.of());
    stream.request();
    stream.complete();
    TestAdsServer.Stream second = opened();
    second.send(ADDRESS_TYPE, List.of());
    second.request();
    second.fail(Status.INTERNAL);
    TestAdsServer.Stream third = opened();
    third.fail(Status.DEADLINE_EXCEEDED);
    opened();

    assertThat(counted)
        .containsExactly("Address>true", "Complete", "Address>true", "Error", "Reconnect");
  }

  @Test
  void aHandlerThatFailsRejectsAllOfItsResponse() throws Exception {
    mesh.onChange(_ -> {
      throw new IllegalStateException("listener");
    });
    TestAdsServer.Stream stream = opened();

    stream.send(ADDRESS_TYPE, List.of(resource(workload("web").build(), "v1")));
    assertThat(stream.request().getErrorDetail().getMessage()).contains("listener");

    stream.send(ADDRESS_TYPE, List.of());
    assertThat(stream.request().hasErrorDetail()).isFalse();
  }

  @Test
  void aPolicyThatIsRejectedAtFirstDeniesUntilAGoodOneComes() throws Exception {
    TestAdsServer.Stream stream = opened();
    var good = policy("a/p", PolicyScope.NAMESPACE, PolicyAction.ALLOW);
    var bad = MeshMessages.message(good).toBuilder().setActionValue(99).build();

    stream.send(AUTHORIZATION_TYPE, List.of(resource("a/p", "v1", bad)));
    assertThat(stream.request().getErrorDetail().getMessage()).contains("action: '99'");
    assertThat(action("a/p")).isEqualTo(Optional.of(PolicyAction.UNREADABLE));

    stream.send(AUTHORIZATION_TYPE, List.of(resource(good, "v2")));
    stream.request();
    assertThat(action("a/p")).isEqualTo(Optional.of(PolicyAction.ALLOW));

    stream.send(AUTHORIZATION_TYPE, List.of(resource("a/p", "v3", bad)));
    stream.request();
    assertThat(action("a/p")).isEqualTo(Optional.of(PolicyAction.ALLOW));

    stream.send(AUTHORIZATION_TYPE, List.of(), "a/p");
    stream.request();
    assertThat(action("a/p")).isEmpty();
  }

  @Test
  void aRejectedPolicyThatWentWhileTheServerWasAwayNoLongerDenies() throws Exception {
    TestAdsServer.Stream stream = opened();
    var good = policy("a/p", PolicyScope.NAMESPACE, PolicyAction.ALLOW);
    var bad = MeshMessages.message(good).toBuilder().setActionValue(99).build();
    stream.send(AUTHORIZATION_TYPE, List.of(resource("a/p", "v1", bad)));
    stream.request();
    stream.complete();

    TestAdsServer.Stream second = server.stream();
    second.request();
    Set<String> listed = second.request().getInitialResourceVersionsMap().keySet();
    second.send(AUTHORIZATION_TYPE, List.of(), listed.toArray(String[]::new));

    second.request();
    assertThat(action("a/p")).isEmpty();
  }

  private Optional<PolicyAction> action(String policy) {
    return mesh.current().policy(policy).map(p -> p.action());
  }

  private TestAdsServer.Stream opened() throws InterruptedException {
    TestAdsServer.Stream stream = server.stream();
    stream.request();
    stream.request();
    return stream;
  }

  private static Resource withoutUid(String name) {
    return resource(
        name,
        "v1",
        Address.newBuilder()
            .setWorkload(dev.marrow.proto.workload.Workload.newBuilder().setNamespace("default"))
            .build());
  }
}
