package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import dev.marrow.proto.workload.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdsTest {
  private static final String POD = "Kubernetes//Pod/shop/web-1";
  private static final String SERVICE = "shop/web.shop.svc.cluster.local";

  @TempDir Path home;
  private RunningPlane plane;

  @BeforeEach
  void start() throws IOException {
    plane =
        RunningPlane.start(
            home,
            new TreeMap<>(
                Map.of(
                    "ns.yaml", Yaml.namespace("shop", ""),
                    "pod.yaml", Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
                    "svc.yaml", Yaml.service("web", "", "10.1.0.1"))));
  }

  @AfterEach
  void stop() {
    plane.close();
  }

  @Test
  void aWildcardClientGetsAllThenEachChange() throws Exception {
    AdsClient client = client();
    client.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    DeltaDiscoveryResponse all = client.take();

    plane.write("pod2.yaml", Yaml.pod("web-2", "app: web", "", "10.0.0.2"));
    DeltaDiscoveryResponse added = client.take();
    plane.delete("pod2.yaml");
    DeltaDiscoveryResponse removed = client.take();

    assertThat(names(all)).containsExactlyInAnyOrder(POD, SERVICE);
    assertThat(names(added)).containsExactly("Kubernetes//Pod/shop/web-2");
    assertThat(removed.getRemovedResourcesList()).containsExactly("Kubernetes//Pod/shop/web-2");
  }

  @Test
  void aTypeWithoutResourcesIsAnsweredToo() throws Exception {
    AdsClient client = client();

    client.send(AdsClient.AUTHORIZATION, r -> r.setNode(AdsClient.ztunnel()));

    assertThat(client.take().getResourcesList()).isEmpty();
  }

  @Test
  void aClientThatComesBackGetsOnlyWhatDiffers() throws Exception {
    AdsClient first = client();
    first.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    Map<String, String> versions = new TreeMap<>();
    first.take().getResourcesList().forEach(r -> versions.put(r.getName(), r.getVersion()));
    versions.put(POD, "another");
    versions.put("Kubernetes//Pod/shop/gone", "1");

    AdsClient second = client();
    second.send(
        AdsClient.ADDRESS,
        r -> r.setNode(AdsClient.ztunnel()).putAllInitialResourceVersions(versions));
    DeltaDiscoveryResponse difference = second.take();

    assertThat(names(difference)).containsExactly(POD);
    assertThat(difference.getRemovedResourcesList()).containsExactly("Kubernetes//Pod/shop/gone");
  }

  @Test
  void onDemandOnlyWhatIsAskedForAndOwnNodeIsSent() throws Exception {
    plane.write("pod2.yaml", Yaml.pod("api-1", "app: api", "", "10.0.0.2").replace("node-1", "n2"));
    AdsClient client = client();
    client.send(
        AdsClient.ADDRESS,
        r ->
            r.setNode(AdsClient.ztunnel())
                .addResourceNamesSubscribe("*")
                .addResourceNamesUnsubscribe("*"));
    DeltaDiscoveryResponse own = client.take();

    client.send(AdsClient.ADDRESS, r -> r.addResourceNamesSubscribe("/10.1.0.1"));
    DeltaDiscoveryResponse service = client.take();
    client.send(AdsClient.ADDRESS, r -> r.addResourceNamesSubscribe("/10.9.9.9"));
    DeltaDiscoveryResponse nothing = client.take();

    assertThat(names(own)).containsExactly(POD);
    assertThat(names(service)).containsExactlyInAnyOrder(SERVICE, POD);
    assertThat(nothing.getRemovedResourcesList()).containsExactly("/10.9.9.9");
  }

  @Test
  void whatWasAskedForOnABrokenStreamIsAnsweredOnTheNext() throws Exception {
    AdsClient client = client();

    client.send(
        AdsClient.ADDRESS,
        r ->
            r.setNode(AdsClient.node("ztunnel", "marrow-system", Map.of("NODE_NAME", "n2")))
                .addResourceNamesSubscribe("*")
                .addResourceNamesUnsubscribe("*")
                .putInitialResourceVersions("/10.1.0.1", "")
                .putInitialResourceVersions("/10.9.9.9", ""));
    DeltaDiscoveryResponse answer = client.take();

    assertThat(names(answer)).containsExactlyInAnyOrder(SERVICE, POD);
    assertThat(answer.getRemovedResourcesList()).containsExactly("/10.9.9.9");
  }

  @Test
  void aPolicyGoesOnlyAfterTheWorkloadThatNamedIt() throws Exception {
    plane.write(
        "policy.yaml",
        Yaml.policy("no", "{selector: {matchLabels: {app: web}}, action: DENY, rules: [{}]}"));
    TestCluster.await(() -> plane.plane.tables().size(ResourceType.AUTHORIZATION) == 1);
    AdsClient client = client();
    client.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    client.take();
    client.send(AdsClient.AUTHORIZATION, r -> r.setNode(AdsClient.ztunnel()));
    client.take();

    plane.delete("policy.yaml");
    DeltaDiscoveryResponse first = client.take();
    DeltaDiscoveryResponse second = client.take();

    assertThat(names(first)).containsExactly(POD);
    assertThat(second.getRemovedResourcesList()).containsExactly("shop/no");
  }

  @Test
  void whatIsRejectedIsCountedAndTheNextChangeStillComes() throws Exception {
    AdsClient client = client();
    client.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    client.nack(client.receive(), POD + ": bad");

    plane.write("pod.yaml", Yaml.pod("web-1", "app: web", "", "10.0.0.7"));
    DeltaDiscoveryResponse next = client.take();

    assertThat(names(next)).containsExactly(POD);
  }

  @Test
  void aSlowClientGetsTheNewestOnly() throws Exception {
    AdsClient client = client();
    client.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    DeltaDiscoveryResponse first = client.receive();
    AdsClient other = client();
    other.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    other.take();
    for (int i = 2; i < 6; i++) {
      plane.write("pod.yaml", Yaml.pod("web-1", "app: web", "", "10.0.0." + i));
      other.take();
    }

    client.ack(first);
    DeltaDiscoveryResponse newest = client.take();

    Address address = newest.getResources(0).getResource().unpack(Address.class);
    assertThat(address.getWorkload().getAddresses(0).toByteArray())
        .isEqualTo(new byte[] {10, 0, 0, 5});
    assertThat(client.waiting()).isZero();
  }

  @Test
  void aNodeOfAnotherNamespaceThanItsCallerIsRefused() throws Exception {
    AdsClient client = new AdsClient(plane.channel(), plane.tokens.token("shop", "web", "node-1"));

    client.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));

    assertThat(client.error()).hasMessageContaining("PERMISSION_DENIED");
  }

  @Test
  void aTypeThatNobodyHasIsAnsweredEmpty() throws Exception {
    AdsClient client = client();

    client.send("type.googleapis.com/x.Y", r -> r.setNode(AdsClient.ztunnel()));

    assertThat(client.take().getTypeUrl()).isEqualTo("type.googleapis.com/x.Y");
  }

  private AdsClient client() throws IOException {
    return new AdsClient(plane.channel(), plane.tokens.token("marrow-system", "ztunnel", "node-1"));
  }

  private static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }
}
