package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static dev.marrow.mesh.xds.MeshSubscription.ADDRESS_TYPE;
import static dev.marrow.mesh.xds.TestAdsServer.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OnDemandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestAdsServer server = TestAdsServer.plaintext();
  private MeshSubscription mesh = MeshSubscription.onDemand(MeshView.EMPTY, OnDemand.on("n1"));
  private AdsClient client = client(mesh);

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void theFirstRequestAsksForNamesAndHasNoneYet() throws Exception {
    client.start();

    DeltaDiscoveryRequest addresses = server.stream().request();

    assertThat(addresses.getResourceNamesSubscribeList()).containsExactly("*");
    assertThat(addresses.getResourceNamesUnsubscribeList()).containsExactly("*");
  }

  @Test
  void aDemandAsksAndWaitsForTheAnswer() throws Exception {
    TestAdsServer.Stream stream = start();

    CompletableFuture<MeshView> demand = mesh.demand("a/web").toCompletableFuture();
    assertThat(stream.request().getResourceNamesSubscribeList()).containsExactly("a/web");
    assertThat(demand.isDone()).isFalse();
    stream.send(ADDRESS_TYPE, List.of(resource(service("a/web").build(), "v1")));

    assertThat(demand.get(10, TimeUnit.SECONDS).service("a", "web")).isPresent();
  }

  @Test
  void aDemandByAddressIsAnsweredByTheWorkloadThatHasIt() throws Exception {
    TestAdsServer.Stream stream = start();

    CompletableFuture<MeshView> demand = mesh.demand("/10.0.0.1").toCompletableFuture();
    stream.request();
    stream.send(ADDRESS_TYPE, List.of(resource(workload("web").at("10.0.0.1").build(), "v1")));

    assertThat(demand.get(10, TimeUnit.SECONDS).workloadCount()).isEqualTo(1);
  }

  @Test
  void severalDemandsForOneNameAskOnceAndAllGoOn() throws Exception {
    TestAdsServer.Stream stream = start();

    CompletableFuture<MeshView> one = mesh.demand("a/web").toCompletableFuture();
    CompletableFuture<MeshView> two = mesh.demand("a/web").toCompletableFuture();
    stream.request();
    stream.send(ADDRESS_TYPE, List.of(), "a/web");
    stream.request();

    assertThat(one.get(10, TimeUnit.SECONDS)).isSameAs(two.get(10, TimeUnit.SECONDS));
    assertThat(stream.quiet()).isTrue();
  }

  @Test
  void aNameThatDoesNotExistIsAnsweredByItsRemoval() throws Exception {
    TestAdsServer.Stream stream = start();

    CompletableFuture<MeshView> demand = mesh.demand("/10.9.9.9").toCompletableFuture();
    stream.request();
    stream.send(ADDRESS_TYPE, List.of(), "/10.9.9.9");

    assertThat(demand.get(10, TimeUnit.SECONDS).workloadCount()).isZero();
    assertThat(mesh.demand("/10.9.9.9").toCompletableFuture().isDone()).isTrue();
  }

  @Test
  void withoutAnAnswerNobodyIsToldThatThereIsNothing() throws Exception {
    with(new OnDemand(Duration.ofMillis(50), Duration.ofMinutes(1), 10, "n1"));
    TestAdsServer.Stream stream = start();

    CompletableFuture<MeshView> first = mesh.demand("a/web").toCompletableFuture();

    assertThat(first).failsWithin(Duration.ofSeconds(10));
    assertThat(mesh.demand("a/web").toCompletableFuture()).isCompletedExceptionally();
    stream.request();
    stream.send(ADDRESS_TYPE, List.of(), "a/web");
    stream.request();
    assertThat(mesh.demand("a/web").toCompletableFuture()).isCompleted();
  }

  @Test
  void beyondTheLimitOfNamesThatAreWaitedForNobodyIsAskedForOrKeptWaiting() throws Exception {
    with(new OnDemand(PATIENCE, Duration.ofMinutes(1), 1, "n1"));
    TestAdsServer.Stream stream = start();

    CompletableFuture<MeshView> first = mesh.demand("a/one").toCompletableFuture();
    CompletableFuture<MeshView> second = mesh.demand("a/two").toCompletableFuture();

    assertThat(stream.request().getResourceNamesSubscribeList()).containsExactly("a/one");
    assertThat(second).isCompletedExceptionally();
    assertThat(first.isDone()).isFalse();
  }

  @Test
  void atTheLimitOfNamesTheOneUsedLongestAgoMakesRoom() throws Exception {
    with(new OnDemand(PATIENCE, Duration.ofMinutes(1), 2, "n1"));
    TestAdsServer.Stream stream = start();
    mesh.demand("a/web");
    mesh.demand("/10.9.9.1");
    stream.request();
    stream.request();
    stream.send(ADDRESS_TYPE, List.of(resource(service("a/web").build(), "v1")), "/10.9.9.1");
    stream.request();
    mesh.demand("a/web");

    CompletableFuture<MeshView> further = mesh.demand("a/db").toCompletableFuture();

    assertThat(stream.request().getResourceNamesUnsubscribeList()).containsExactly("/10.9.9.1");
    assertThat(stream.request().getResourceNamesSubscribeList()).containsExactly("a/db");
    assertThat(further.isDone()).isFalse();
    assertThat(mesh.current().service("a", "web")).isPresent();
  }

  @Test
  void aNewStreamAsksForTheNamesAgain() throws Exception {
    TestAdsServer.Stream stream = start();
    mesh.demand("a/web");
    stream.request();

    stream.complete();

    assertThat(server.stream().request().getResourceNamesSubscribeList())
        .containsExactly("*", "a/web");
  }

  @Test
  void idleNamesAreNoLongerAskedForAndTheirResourcesGo() throws Exception {
    with(new OnDemand(PATIENCE, Duration.ZERO, 10, "n1"));
    TestAdsServer.Stream stream = start();
    mesh.demand("a/web");
    stream.request();
    stream.send(
        ADDRESS_TYPE,
        List.of(
            resource(service("a/web").build(), "v1"),
            resource(workload("far").node("n2").backs("a/web").build(), "v1"),
            resource(workload("local").node("n1").backs("a/web").build(), "v1")));
    stream.request();

    mesh.demand("a/other");

    assertThat(stream.request().getResourceNamesUnsubscribeList()).containsExactly("a/web");
    assertThat(mesh.current().serviceCount()).isZero();
    assertThat(mesh.current().workloads()).extracting(w -> w.name()).containsExactly("local");
    stream.request();
    stream.complete();
    assertThat(server.stream().request().getInitialResourceVersionsMap())
        .containsOnlyKeys("Kubernetes//Pod/default/local");
  }

  @Test
  void aWorkloadHeldBackWhileItsNameGoesDoesNotComeBack() {
    var settings = new OnDemand(PATIENCE, Duration.ZERO, 10, "n1");
    mesh = new MeshSubscription(MeshView.EMPTY, Optional.of(settings), Duration.ofHours(1));
    mesh.demand("/10.0.0.1");
    apply(workload("web").at("10.0.0.1").policies("a/p").build());

    mesh.demand("a/other");
    apply(policy("a/p", PolicyScope.WORKLOAD_SELECTOR, PolicyAction.ALLOW));
    mesh.demand("a/third");

    assertThat(mesh.current().workloadCount()).isZero();
  }

  private void apply(Workload workload) {
    var bytes = MeshMessages.message(workload).toByteString();
    var resource = new AdsResource(workload.uid(), List.of(), "v", bytes);
    mesh.handlers().getFirst().apply(List.of(resource), List.of());
  }

  private void apply(Policy policy) {
    var bytes = MeshMessages.message(policy).toByteString();
    var resource = new AdsResource(policy.fullName(), List.of(), "v", bytes);
    mesh.handlers().getLast().apply(List.of(resource), List.of());
  }

  private void with(OnDemand settings) {
    client.close();
    mesh = MeshSubscription.onDemand(MeshView.EMPTY, settings);
    client = client(mesh);
  }

  private TestAdsServer.Stream start() throws InterruptedException {
    client.start();
    TestAdsServer.Stream stream = server.stream();
    stream.request();
    stream.request();
    return stream;
  }

  private AdsClient client(MeshSubscription subscription) {
    AdsSettings settings =
        AdsSettings.of(
            new AdsServer.Plaintext("127.0.0.1", server.port()),
            new AdsNode("ztunnel~1.1.1.1~z.ns~ns.svc.cluster.local", Map.of()),
            new BearerToken.None(),
            Map.of());
    AdsClient made = new AdsClient(settings, subscription.handlers(), AdsMetrics.NONE);
    subscription.attach(made);
    return made;
  }
}
