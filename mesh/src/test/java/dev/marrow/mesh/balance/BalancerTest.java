package dev.marrow.mesh.balance;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.TestService;
import dev.marrow.mesh.TestWorkload;
import dev.marrow.mesh.balance.Pick.Chosen;
import dev.marrow.mesh.balance.Pick.Nobody;
import dev.marrow.mesh.balance.Pick.Reason;
import dev.marrow.mesh.balance.Pick.Target;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing.Mode;
import dev.marrow.mesh.workload.LoadBalancing.Scope;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Service;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private static final String WEB = "default/web";
  private static final Place HERE =
      new Place("", Place.DEFAULT_CLUSTER, "n1", new Locality("r1", "z1", "s1"));
  private static final GatewayAddress GATEWAY =
      new GatewayAddress.AtAddress(NetworkAddress.parse("/10.0.0.9"), 15008);

  private final TestMesh mesh = new TestMesh();
  private final RandomGenerator random = new Random(7);

  @Test
  void withoutEndpointsThereIsNobody() {
    mesh.put(service(WEB).ports(80, 80));

    assertThat(pick()).isEqualTo(new Nobody(Reason.NO_ENDPOINTS));
  }

  @Test
  void withoutAModeEveryEndpointIsUsed() {
    web(service(WEB).ports(80, 8080), near("a"), far("b"));

    assertThat(picked()).containsExactly("a", "b");
  }

  @Test
  void failoverUsesTheEndpointsThatMatchMostLeadingPreferences() {
    TestService service =
        service(WEB).ports(80, 80).mode(Mode.FAILOVER, Scope.REGION, Scope.ZONE, Scope.NODE);
    web(
        service,
        endpoint("region").in("r1", "z2", "").node("n1"),
        endpoint("zone").in("r1", "z1", "").node("n2"),
        endpoint("none").in("r2", "z1", "").node("n1"));

    assertThat(picked()).containsExactly("zone");
  }

  @Test
  void failoverGoesToTheNextRankWhenAllOfTheBestWereTried() {
    web(
        service(WEB).ports(80, 80).mode(Mode.FAILOVER, Scope.REGION, Scope.ZONE),
        endpoint("best").in("r1", "z1", ""),
        endpoint("next").in("r1", "z2", ""),
        endpoint("last").in("r2", "z1", ""));

    assertThat(picked(Set.of("best"))).containsExactly("next");
    assertThat(picked(Set.of("best", "next"))).containsExactly("last");
    assertThat(pick(Set.of("best", "next", "last"))).isEqualTo(new Nobody(Reason.ALL_TRIED));
  }

  @Test
  void anyEndpointOfTheNetworkComesBeforeARemoteOneIfTheNetworkIsFirst() {
    web(
        service(WEB).ports(80, 80).mode(Mode.FAILOVER, Scope.NETWORK, Scope.REGION, Scope.ZONE),
        endpoint("home").in("r9", "z9", ""),
        endpoint("remote").network("n2").in("r1", "z1", "").networkGateway(GATEWAY));

    assertThat(picked()).containsExactly("home");
    assertThat(picked(Set.of("home"))).containsExactly("remote");
  }

  @Test
  void remoteEndpointsAreComparedOnTheRestIfTheNetworkIsFirst() {
    web(
        service(WEB).ports(80, 80).mode(Mode.FAILOVER, Scope.NETWORK, Scope.REGION),
        endpoint("near").network("n2").in("r1", "", "").networkGateway(GATEWAY),
        endpoint("far").network("n2").in("r2", "", "").networkGateway(GATEWAY));

    assertThat(picked()).containsExactly("near");
  }

  @Test
  void aNetworkThatIsNotFirstStopsTheComparisonLikeAnyScope() {
    web(
        service(WEB).ports(80, 80).mode(Mode.FAILOVER, Scope.REGION, Scope.NETWORK, Scope.ZONE),
        endpoint("remote").network("n2").in("r1", "z1", "").networkGateway(GATEWAY),
        endpoint("other").in("r1", "z2", ""));

    assertThat(picked()).containsExactly("other");
  }

  @Test
  void strictUsesEndpointsThatMatchEveryPreferenceOnly() {
    web(
        service(WEB).ports(80, 80).mode(Mode.STRICT, Scope.NODE),
        endpoint("same").node("n1"),
        endpoint("other").node("n2"));

    assertThat(picked()).containsExactly("same");
  }

  @Test
  void strictWithoutAMatchFails() {
    web(service(WEB).ports(80, 80).mode(Mode.STRICT, Scope.NODE), endpoint("other").node("n2"));

    assertThat(pick()).isEqualTo(new Nobody(Reason.NONE_IN_PLACE));
  }

  @Test
  void eachScopeComparesItsOwnFieldOnly() {
    web(
        service(WEB).ports(80, 80).mode(Mode.STRICT, Scope.ZONE),
        endpoint("otherRegion").in("r2", "z1", ""));

    assertThat(picked()).containsExactly("otherRegion");
  }

  @Test
  void clusterAndSubzoneAreScopesToo() {
    web(
        service(WEB).ports(80, 80).mode(Mode.STRICT, Scope.CLUSTER, Scope.SUBZONE),
        endpoint("a").cluster("other").in("", "", "s1"),
        endpoint("b").in("", "", "s2"),
        endpoint("c").in("", "", "s1"));

    assertThat(picked()).containsExactly("c");
  }

  @Test
  void passthroughChoosesNobody() {
    web(service(WEB).ports(80, 80).mode(Mode.PASSTHROUGH), near("a"));

    assertThat(pick()).isEqualTo(new Pick.Passthrough());
  }

  @Test
  void unhealthyEndpointsAreUsedOnlyIfTheServiceAllowsThem() {
    web(service(WEB).ports(80, 80), near("a"), near("b").unhealthy());
    assertThat(picked()).containsExactly("a");

    mesh.put(service(WEB).ports(80, 80).allowingUnhealthy());
    assertThat(picked()).containsExactly("a", "b");
  }

  @Test
  void capacityDecidesTheShares() {
    web(
        service(WEB).ports(80, 80),
        near("one"),
        near("three").capacity(3),
        near("zero").capacity(0));

    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      counts.merge(((Chosen) pick()).workload().name(), 1, Integer::sum);
    }

    assertThat(counts).containsOnlyKeys("one", "three");
    assertThat(counts.get("three")).isBetween(2800, 3200);
  }

  @Test
  void onlyCapacitiesOfZeroMeanNobody() {
    web(service(WEB).ports(80, 80), near("zero").capacity(0));

    assertThat(pick()).isEqualTo(new Nobody(Reason.NONE_REACHABLE));
  }

  @Test
  void theEndpointsOwnTargetPortComesBeforeTheServices() {
    mesh.put(service(WEB).ports(80, 8080), near("own").backs(WEB, 80, 9090));
    assertThat(((Chosen) pick()).port()).isEqualTo(9090);

    mesh.put(near("own").backs(WEB));
    assertThat(((Chosen) pick()).port()).isEqualTo(8080);
  }

  @Test
  void aTargetPortOfZeroNeedsAnEndpointThatMapsThePort() {
    mesh.put(
        service(WEB).ports(80, 0), near("mapped").backs(WEB, 80, 9090), near("bare").backs(WEB));
    assertThat(picked()).containsExactly("mapped");

    assertThat(picked(Set.of("mapped"))).isEmpty();
  }

  @Test
  void aPortNobodyMapsIsSaidToBeMissing() {
    web(service(WEB).ports(443, 443), near("a"));

    assertThat(pick()).isEqualTo(new Nobody(Reason.NO_SUCH_PORT));
  }

  @Test
  void anEndpointWithoutAddressOrNameIsNotUsed() {
    mesh.put(service(WEB).ports(80, 80), workload("bare").backs(WEB));

    assertThat(pick()).isEqualTo(new Nobody(Reason.NONE_REACHABLE));
  }

  @Test
  void anEndpointWithANameOnlyIsReachedByIt() {
    mesh.put(service(WEB).ports(80, 80), workload("dns").hostname("db.example").backs(WEB));

    assertThat(((Chosen) pick()).target()).isEqualTo(new Target.Hostname("db.example"));
  }

  @Test
  void anEndpointOfAnotherNetworkIsReachedThroughItsGateway() {
    web(service(WEB).ports(80, 80), near("remote").network("n2").networkGateway(GATEWAY));

    assertThat(((Chosen) pick()).target()).isEqualTo(new Target.Behind(GATEWAY));
  }

  @Test
  void anEndpointOfAnotherNetworkWithoutAGatewayIsNotUsed() {
    web(service(WEB).ports(80, 80), near("remote").network("n2"));

    assertThat(pick()).isEqualTo(new Nobody(Reason.NONE_REACHABLE));
  }

  @Test
  void ejectedEndpointsAreUsedOnlyIfNobodyElseIsLeft() {
    web(
        service(WEB).ports(80, 80).mode(Mode.FAILOVER, Scope.ZONE),
        endpoint("near").in("", "z1", ""),
        endpoint("far").in("", "z2", ""));

    assertThat(picked(Set.of(), w -> w.name().equals("near"))).containsExactly("far");
    assertThat(picked(Set.of(), _ -> true)).containsExactly("near");
  }

  @Test
  void theRequestedAddressIsUsedIfTheWorkloadHasIt() {
    mesh.put(service(WEB).ports(80, 80), workload("w").at("10.0.0.1", "10.0.0.2").backs(WEB));

    assertThat(target("10.0.0.2")).isEqualTo(new Target.Address(ip("10.0.0.2")));
  }

  @Test
  void theFamilyOfTheRequestIsPreferred() {
    mesh.put(service(WEB).ports(80, 80), workload("w").at("10.0.0.1", "fd00::1").backs(WEB));

    assertThat(target("fd00::99")).isEqualTo(new Target.Address(ip("fd00::1")));
    assertThat(target("10.0.0.99")).isEqualTo(new Target.Address(ip("10.0.0.1")));
  }

  @Test
  void theFamilyOfTheServiceComesBeforeThatOfTheRequest() {
    mesh.put(
        service(WEB).ports(80, 80).ipFamilies(IpFamilies.IPV6_ONLY),
        workload("w").at("10.0.0.1", "fd00::1").backs(WEB));

    assertThat(target("10.0.0.99")).isEqualTo(new Target.Address(ip("fd00::1")));
  }

  @Test
  void aWaypointIsSampledByWeight() {
    Service service =
        service(WEB)
            .weighted(at("/10.0.0.1"), 1)
            .weighted(at("/10.0.0.2"), 3)
            .weighted(at("/10.0.0.3"), 0)
            .waypoint(at("/10.0.0.4"))
            .build();

    Map<GatewayAddress, Integer> counts = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      counts.merge(Balancer.waypoint(service, random), 1, Integer::sum);
    }

    assertThat(counts).containsOnlyKeys(at("/10.0.0.1"), at("/10.0.0.2"));
    assertThat(counts.get(at("/10.0.0.2"))).isBetween(2800, 3200);
  }

  @Test
  void weightsOfZeroFallBackToThePlainWaypoint() {
    Service service = service(WEB).weighted(at("/10.0.0.1"), 0).waypoint(at("/10.0.0.4")).build();

    assertThat(Balancer.waypoint(service, random)).isEqualTo(at("/10.0.0.4"));
    assertThat(Balancer.waypoint(service("a/b").build(), random)).isEqualTo(GatewayAddress.NONE);
  }

  private static GatewayAddress at(String address) {
    return new GatewayAddress.AtAddress(NetworkAddress.parse(address), 15008);
  }

  private static TestWorkload endpoint(String name) {
    return workload(name).at("10.0.0.1").backs(WEB);
  }

  private static TestWorkload near(String name) {
    return endpoint(name).node("n1").in("r1", "z1", "s1");
  }

  private static TestWorkload far(String name) {
    return endpoint(name).node("n9").in("r9", "z9", "s9");
  }

  private void web(TestService service, TestWorkload... endpoints) {
    mesh.put(service);
    mesh.put((Object[]) endpoints);
  }

  private Target target(String requested) {
    Service service = mesh.current().service("default", "web").orElseThrow();
    BalanceRequest request = BalanceRequest.to(service, 80, HERE, ip(requested));
    return ((Chosen) Balancer.pick(mesh.current(), request, Ejections.NONE, random)).target();
  }

  private Pick pick() {
    return pick(Set.of());
  }

  private Pick pick(Set<String> triedNames) {
    return pick(triedNames, Ejections.NONE);
  }

  private Pick pick(Set<String> triedNames, Ejections ejections) {
    Service service = mesh.current().service("default", "web").orElseThrow();
    BalanceRequest request = BalanceRequest.to(service, 80, HERE);
    for (String name : triedNames) {
      request = request.without("Kubernetes//Pod/default/" + name);
    }
    return Balancer.pick(mesh.current(), request, ejections, random);
  }

  private Set<String> picked() {
    return picked(Set.of());
  }

  private Set<String> picked(Set<String> triedNames) {
    return picked(triedNames, Ejections.NONE);
  }

  private Set<String> picked(Set<String> triedNames, Ejections ejections) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      if (pick(triedNames, ejections) instanceof Chosen chosen) {
        names.add(chosen.workload().name());
      }
    }
    return names;
  }
}
