package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.proto.core.Node;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.workload.Address;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaypointAdsTest {
  private static final String WEB = "shop/web.shop.svc.cluster.local";
  private static final String API = "shop/api.shop.svc.cluster.local";

  @TempDir Path home;
  private RunningPlane plane;

  @BeforeEach
  void start() throws IOException {
    plane =
        RunningPlane.start(
            home,
            new TreeMap<>(
                Map.of(
                    "web.yaml", Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
                    "api.yaml", Yaml.service("api", "istio.io/use-waypoint: wp2", "10.1.0.2"),
                    "pod.yaml", Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
                    "wp.yaml", Yaml.gateway("wp", "", ""),
                    "wp2.yaml", Yaml.gateway("wp2", "", ""))));
  }

  @AfterEach
  void stop() {
    plane.close();
  }

  @Test
  void aWaypointGetsTheDestinationsOfItsGatewayOnly() throws Exception {
    AdsClient one = client("wp");
    AdsClient two = client("wp2");
    one.send(AdsClient.DESTINATION, r -> r.setNode(node("wp")));
    two.send(AdsClient.DESTINATION, r -> r.setNode(node("wp2")));

    assertThat(names(one.take())).containsExactly(WEB);
    assertThat(names(two.take())).containsExactly(API);
  }

  @Test
  void callersHearInTheEndThatAWaypointIsNoLongerInFront() throws Exception {
    AdsClient caller =
        new AdsClient(plane.channel(), plane.tokens.token("marrow-system", "ztunnel", "node-1"));
    caller.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    assertThat(bound(caller)).isTrue();

    plane.write("web.yaml", Yaml.service("web", "", "10.1.0.1"));

    while (bound(caller)) {
      // First its workloads let others in.
      continue;
    }
  }

  /** Whether the service is said to have a waypoint, the next time it is spoken of. */
  private static boolean bound(AdsClient client) throws Exception {
    while (true) {
      for (Resource resource : client.take().getResourcesList()) {
        if (resource.getName().equals(WEB)) {
          return resource.getResource().unpack(Address.class).getService().hasWaypoint();
        }
      }
    }
  }

  @Test
  void aNodeProxyGetsNoDestinations() throws Exception {
    AdsClient client =
        new AdsClient(plane.channel(), plane.tokens.token("marrow-system", "ztunnel", "node-1"));

    client.send(AdsClient.DESTINATION, r -> r.setNode(AdsClient.ztunnel()));

    assertThat(client.take().getResourcesList()).isEmpty();
  }

  @Test
  void anotherAccountThanTheGatewaysIsRefused() throws Exception {
    AdsClient client = client("wp");

    client.send(AdsClient.DESTINATION, r -> r.setNode(node("wp2")));

    assertThat(client.error())
        .hasMessageContaining("PERMISSION_DENIED")
        .hasMessageContaining("shop/wp is not the account of Gateway shop/wp2");
  }

  @Test
  void aGatewayThatIsNotThereIsRefused() throws Exception {
    AdsClient client = client("wp");

    client.send(AdsClient.DESTINATION, r -> r.setNode(node("gone")));

    assertThat(client.error()).hasMessageContaining("no Gateway shop/gone");
  }

  @Test
  void aPodWithTheGatewaysLabelNeedNotNameIt() throws Exception {
    plane.write(
        "wp-pod.yaml",
        Yaml.pod("pod-1", "\"gateway.networking.k8s.io/gateway-name\": wp", "", "10.0.0.9"));
    AdsClient other = client("wp");
    other.send(AdsClient.ADDRESS, r -> r.setNode(node("wp")));
    while (names(other.take()).stream().noneMatch(name -> name.endsWith("/pod-1"))) {
      // The pod may be in the first answer or in the next.
      continue;
    }

    AdsClient client = client("wp");
    client.send(
        AdsClient.DESTINATION, r -> r.setNode(AdsClient.node("waypoint", "shop", Map.of())));

    assertThat(names(client.take())).containsExactly(WEB);
  }

  @Test
  void aChangedPolicyArrives() throws Exception {
    AdsClient waypoint = client("wp");
    waypoint.send(AdsClient.DESTINATION, r -> r.setNode(node("wp")));
    waypoint.take();

    plane.write(
        "policy.yaml",
        Yaml.policy("p", "{targetRefs: [{kind: Service, name: web}], action: DENY, rules: [{}]}"));
    DeltaDiscoveryResponse changed = waypoint.take();

    Destination web = changed.getResources(0).getResource().unpack(Destination.class);
    assertThat(web.getPolicies(0).getName()).isEqualTo("shop/p");
  }

  @Test
  void aBadFileAndAnUnknownEnumDisturbNobody() throws Exception {
    AdsClient waypoint = client("wp");
    waypoint.send(AdsClient.DESTINATION, r -> r.setNode(node("wp")));
    waypoint.take();

    plane.write("bad.yaml", "kind: [");
    plane.write(
        "enum.yaml", Yaml.policy("e", "{targetRefs: [{kind: Service, name: web}], action: NO}"));
    plane.write(
        "web.yaml",
        Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.7")
            .replace("port: 80", "port: 81"));
    Destination web = waypoint.take().getResources(0).getResource().unpack(Destination.class);

    assertThat(web.getPorts(0).getPort()).isEqualTo(81);
    assertThat(web.getPoliciesList()).isEmpty();
    assertThat(page("admin", "/config_dump")).contains("bad.yaml:", WEB);
    assertThat(page("metrics", "/metrics")).contains("marrow_problems 1.0", "marrow_xds_pushes");
    assertThat(page("readiness", "/healthz/ready")).isEqualTo("ready\n");
    assertThat(page("readiness", "/other")).isEqualTo("no such page\n");
  }

  private String page(String which, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + plane.plane.pagePort(which) + path);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private AdsClient client(String account) throws IOException {
    return new AdsClient(plane.channel(), plane.tokens.token("shop", account, "node-1"));
  }

  private static Node node(String gateway) {
    return AdsClient.node("waypoint", "shop", Map.of("GATEWAY_NAME", gateway));
  }

  private static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }
}
