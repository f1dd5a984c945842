package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.TestService;
import dev.marrow.mesh.TestWorkload;
import dev.marrow.mesh.balance.Ejections;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.LoadBalancing;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.proxy.Route.Direct;
import dev.marrow.ztunnel.proxy.Route.NestedTunnel;
import dev.marrow.ztunnel.proxy.Route.Refuse;
import dev.marrow.ztunnel.proxy.Route.Resolve;
import dev.marrow.ztunnel.proxy.Route.Tunnel;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table of {@link Router}, row by row. */
class RouterTest {
  private static final String SHOP = "default/shop.default.svc.cluster.local";
  private static final String WAYPOINT = "default/waypoint.default.svc.cluster.local";
  private static final GatewayAddress AT_WAYPOINT =
      new GatewayAddress.AtService(ServiceKey.parse(WAYPOINT), 15008);

  private final TestMesh mesh =
      new TestMesh().put(workload("client").account("client").at("10.0.0.1"));
  private final Router router = new Router(true, Ejections.NONE, new SplittableRandom(1));

  private Route route(String target) {
    return route(router, target, Set.of());
  }

  private Route route(Router by, String target, Set<String> tried) {
    Workload client = mesh.current().workload("", ip("10.0.0.1")).orElseThrow();
    return by.route(new Router.Request(mesh.current(), client, address(target), tried));
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        ip(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
  }

  private static SpiffeId id(String account) {
    return SpiffeId.parse("spiffe://cluster.local/ns/default/sa/" + account);
  }

  private static TestService shop() {
    return service(SHOP).vips("/10.9.0.1").ports(80, 8080);
  }

  private static TestWorkload pod(String name, String address) {
    return workload(name).account("shop").at(address).backs(SHOP, 80, 8080);
  }

  private void withWaypoint() {
    mesh.put(
        service(WAYPOINT).vips("/10.9.0.9").ports(15008, 15008),
        workload("waypoint").account("waypoint").at("10.0.0.9").backs(WAYPOINT, 15008, 15008));
  }

  @Test
  void row1AServiceWithAWaypointIsReachedThroughItForItsVip() {
    withWaypoint();
    mesh.put(shop().waypoint(AT_WAYPOINT).subjectAltNames("spiffe://cluster.local/ns/x/sa/y"));

    var tunnel = (Tunnel) route("10.9.0.1:80");

    assertThat(tunnel.nextHop()).isEqualTo(address("10.0.0.9:15008"));
    assertThat(tunnel.authority().text()).isEqualTo("10.9.0.1:80");
    assertThat(tunnel.accepted())
        .containsExactlyInAnyOrder(
            id("waypoint"), SpiffeId.parse("spiffe://cluster.local/ns/x/sa/y"));
    assertThat(tunnel.destination().service().name()).isEqualTo("shop");
  }

  @Test
  void row1AWaypointMayBeGivenByItsAddress() {
    withWaypoint();
    var vip = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.9.0.9"), 15008);
    mesh.put(shop().waypoint(vip));

    assertThat(((Tunnel) route("10.9.0.1:80")).nextHop()).isEqualTo(address("10.0.0.9:15008"));
  }

  @Test
  void row1AWaypointInAnotherNetworkIsReachedThroughNestedTunnels() {
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15008);
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        workload("far")
            .network("far")
            .at("10.0.0.9")
            .networkGateway(gateway)
            .backs(WAYPOINT, 15008, 15008),
        workload("gateway").account("gateway").at("10.0.0.7"),
        shop().waypoint(AT_WAYPOINT).subjectAltNames("spiffe://far/ns/default/sa/shop"));

    var nested = (NestedTunnel) route("10.9.0.1:80");

    assertThat(nested.outer().nextHop()).isEqualTo(address("10.0.0.7:15008"));
    assertThat(nested.outer().accepted()).containsExactly(id("gateway"));
    assertThat(nested.authority().text()).isEqualTo("shop.default.svc.cluster.local:80");
    assertThat(nested.accepted())
        .containsExactly(SpiffeId.parse("spiffe://far/ns/default/sa/shop"));
  }

  @Test
  void row1AWaypointThatCannotBeFoundRefuses() {
    mesh.put(shop().waypoint(AT_WAYPOINT), pod("shop-1", "10.0.0.2"));

    assertThat(((Refuse) route("10.9.0.1:80")).why().text())
        .isEqualTo("unknown waypoint: " + WAYPOINT);
  }

  @Test
  void row1AWaypointThatCannotBeFoundIsPassedByIfToldSo() {
    mesh.put(shop().waypoint(AT_WAYPOINT), pod("shop-1", "10.0.0.2"));
    var open = new Router(false, Ejections.NONE, new SplittableRandom(1));

    assertThat(route(open, "10.9.0.1:80", Set.of())).isInstanceOf(Tunnel.class);
  }

  @Test
  void row1AWaypointThatCannotBeReachedIsNotPassedByEvenSo() {
    withWaypoint();
    mesh.put(shop().waypoint(AT_WAYPOINT), pod("shop-1", "10.0.0.2"));
    var open = new Router(false, Ejections.NONE, new SplittableRandom(1));
    var tried = Set.of("Kubernetes//Pod/default/waypoint");

    assertThat(route(open, "10.9.0.1:80", tried)).isInstanceOf(Refuse.class);
  }

  @Test
  void row1AWaypointReachesItsOwnServiceDirectly() {
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        workload("client").at("10.0.0.1").backs(WAYPOINT, 15008, 15008),
        shop().waypoint(AT_WAYPOINT),
        pod("shop-1", "10.0.0.2"));

    assertThat(((Tunnel) route("10.9.0.1:80")).nextHop()).isEqualTo(address("10.0.0.2:15008"));
  }

  @Test
  void row2AServiceWithoutEndpointsIsRefused() {
    mesh.put(shop());

    assertThat(((Refuse) route("10.9.0.1:80")).why().text()).startsWith("no healthy upstream: ");
  }

  @Test
  void row2AServiceInPassthroughModeIsReachedAtTheAddressAskedFor() {
    mesh.put(shop().mode(LoadBalancing.Mode.PASSTHROUGH));

    assertThat(((Direct) route("10.9.0.1:80")).address()).isEqualTo(address("10.9.0.1:80"));
  }

  @Test
  void row3AnAddressNobodyKnowsIsReachedDirectly() {
    assertThat(route("192.0.2.1:443"))
        .isEqualTo(new Direct(address("192.0.2.1:443"), Destination.UNKNOWN));
  }

  @Test
  void row4AnEndpointInAnotherNetworkIsReachedThroughNestedTunnels() {
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15009);
    mesh.put(
        shop().subjectAltNames("spiffe://far/ns/default/sa/shop"),
        pod("shop-1", "10.0.0.2").network("far").networkGateway(gateway),
        workload("gateway").account("gateway").at("10.0.0.7"));

    var nested = (NestedTunnel) route("10.9.0.1:80");

    assertThat(nested.outer().nextHop()).isEqualTo(address("10.0.0.7:15009"));
    assertThat(nested.outer().authority().text()).isEqualTo("shop.default.svc.cluster.local:80");
  }

  @Test
  void row4AnotherNetworkWithoutGatewayIsRefused() {
    mesh.put(shop(), pod("shop-1", "10.0.0.2").network("far"));

    assertThat(route("10.9.0.1:80")).isInstanceOf(Refuse.class);
  }

  @Test
  void row4AFarServiceWhoseNameIsNoHostIsRefused() {
    String wild = "default/*.example.com";
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15008);
    mesh.put(
        service(wild).vips("/10.9.0.2").ports(80, 80).subjectAltNames("spiffe://far/ns/x/sa/y"),
        workload("far-1").backs(wild, 80, 80).network("far").networkGateway(gateway),
        workload("gateway").at("10.0.0.7"));

    assertThat(((Refuse) route("10.9.0.2:80")).why().text())
        .isEqualTo("no valid routing destination for workload: far-1");
  }

  @Test
  void row4AFarEndpointNobodyVouchesForIsRefused() {
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15008);
    mesh.put(
        shop(),
        pod("shop-1", "10.0.0.2").network("far").networkGateway(gateway),
        workload("gateway").at("10.0.0.7"));

    assertThat(((Refuse) route("10.9.0.1:80")).why().reason())
        .isEqualTo(Refusal.Reason.NO_IDENTITY);
  }

  @Test
  void row5APodWithAWaypointIsReachedThroughItForItsAddress() {
    withWaypoint();
    mesh.put(pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT));

    var tunnel = (Tunnel) route("10.0.0.2:8080");

    assertThat(tunnel.nextHop()).isEqualTo(address("10.0.0.9:15008"));
    assertThat(tunnel.authority().text()).isEqualTo("10.0.0.2:8080");
    assertThat(tunnel.accepted()).containsExactly(id("waypoint"));
  }

  @Test
  void row5AnInstanceOfTheWaypointMayBeReplacedByAnother() {
    withWaypoint();
    mesh.put(
        pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT),
        workload("waypoint-2").account("waypoint").at("10.0.0.8").backs(WAYPOINT, 15008, 15008));

    var first = (Tunnel) route("10.0.0.2:8080");
    var second = (Tunnel) route(router, "10.0.0.2:8080", Set.of(first.destination().uid()));

    assertThat(first.destination().balanced()).isTrue();
    assertThat(second.nextHop()).isNotEqualTo(first.nextHop());
  }

  @Test
  void row5AnInstanceOfTheWaypointInAnotherNetworkDoesNotCount() {
    withWaypoint();
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15008);
    mesh.put(pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT));
    for (int i = 0; i < 9; i++) {
      mesh.put(
          workload("far-" + i)
              .network("far")
              .at("10.0.1." + i)
              .networkGateway(gateway)
              .backs(WAYPOINT, 15008, 15008));
    }

    assertThat(((Tunnel) route("10.0.0.2:8080")).nextHop()).isEqualTo(address("10.0.0.9:15008"));
  }

  @Test
  void row5AWaypointOnlyInAnotherNetworkIsNeverPassedBy() {
    var gateway = new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.7"), 15008);
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        workload("far")
            .network("far")
            .at("10.0.0.9")
            .networkGateway(gateway)
            .backs(WAYPOINT, 15008, 15008),
        pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT));
    var open = new Router(false, Ejections.NONE, new SplittableRandom(1));

    var refuse = (Refuse) route(open, "10.0.0.2:8080", Set.of());

    assertThat(refuse.why().reason()).isEqualTo(Refusal.Reason.NO_ROUTE);
  }

  @Test
  void row5ThroughAServiceTheWaypointOfAWorkloadDoesNotCount() {
    withWaypoint();
    mesh.put(shop(), pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT));

    assertThat(((Tunnel) route("10.9.0.1:80")).nextHop()).isEqualTo(address("10.0.0.2:15008"));
  }

  @Test
  void row5ThroughAServiceTheWaypointOfAStrictlyBoundWorkloadCounts() {
    withWaypoint();
    mesh.put(
        shop(),
        pod("shop-1", "10.0.0.2")
            .waypoint(AT_WAYPOINT)
            .policies("default/istio_allow_waypoint_default_waypoint"));

    var tunnel = (Tunnel) route("10.9.0.1:80");

    assertThat(tunnel.nextHop()).isEqualTo(address("10.0.0.9:15008"));
    assertThat(tunnel.authority().text()).isEqualTo("10.0.0.2:8080");
  }

  @Test
  void row5ThroughAServiceTheWaypointOfAWorkloadCountsUntilItsBindingHasEnded() {
    withWaypoint();
    mesh.put(
        shop(),
        pod("shop-1", "10.0.0.2")
            .waypoint(AT_WAYPOINT)
            .policies("istio-system/marrow_through_waypoint"));

    assertThat(((Tunnel) route("10.9.0.1:80")).nextHop()).isEqualTo(address("10.0.0.9:15008"));
  }

  @Test
  void row5AWaypointReachesItsOwnWorkloadDirectly() {
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        workload("client").at("10.0.0.1").backs(WAYPOINT, 15008, 15008),
        pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT));

    assertThat(((Tunnel) route("10.0.0.2:8080")).nextHop()).isEqualTo(address("10.0.0.2:15008"));
  }

  @Test
  void row5AWorkloadWhoseWaypointCannotBeFoundIsRefused() {
    mesh.put(pod("shop-1", "10.0.0.2").waypoint(AT_WAYPOINT));

    assertThat(((Refuse) route("10.0.0.2:8080")).why().reason())
        .isEqualTo(Refusal.Reason.UNKNOWN_WAYPOINT);
  }

  @Test
  void row6AnEndpointThatSpeaksHboneIsReachedThroughATunnel() {
    mesh.put(
        shop().subjectAltNames("spiffe://cluster.local/ns/default/sa/old"),
        pod("shop-1", "10.0.0.2"));

    var tunnel = (Tunnel) route("10.9.0.1:80");

    assertThat(tunnel.nextHop()).isEqualTo(address("10.0.0.2:15008"));
    assertThat(tunnel.authority().text()).isEqualTo("10.0.0.2:8080");
    assertThat(tunnel.accepted()).containsExactlyInAnyOrder(id("shop"), id("old"));
  }

  @Test
  void row6APodIsReachedThroughATunnelForItsOwnAddress() {
    mesh.put(pod("shop-1", "10.0.0.2"));

    var tunnel = (Tunnel) route("10.0.0.2:9999");

    assertThat(tunnel.authority().text()).isEqualTo("10.0.0.2:9999");
    assertThat(tunnel.accepted()).containsExactly(id("shop"));
  }

  @Test
  void row7AnEndpointOutsideTheMeshIsReachedDirectly() {
    mesh.put(shop(), pod("shop-1", "10.0.0.2").plain());

    assertThat(((Direct) route("10.9.0.1:80")).address()).isEqualTo(address("10.0.0.2:8080"));
  }

  @Test
  void anEndpointKnownByNameIsResolvedFirst() {
    mesh.put(
        shop(), workload("external").plain().hostname("shop.example.com").backs(SHOP, 80, 8080));

    var resolve = (Resolve) route("10.9.0.1:80");

    assertThat(resolve.hostname()).isEqualTo("shop.example.com");
    assertThat(((Direct) resolve.then().apply(ip("192.0.2.7"))).address())
        .isEqualTo(address("192.0.2.7:8080"));
  }

  @Test
  void anEndpointThatWasTriedIsNotTriedAgain() {
    mesh.put(shop(), pod("shop-1", "10.0.0.2"), pod("shop-2", "10.0.0.3"));

    Route route = route(router, "10.9.0.1:80", Set.of("Kubernetes//Pod/default/shop-1"));

    assertThat(((Tunnel) route).nextHop()).isEqualTo(address("10.0.0.3:15008"));
  }
}
