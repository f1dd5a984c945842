package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.Authority;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.TestWorkload;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.ztunnel.proxy.Admission.Admitted;
import dev.marrow.ztunnel.proxy.Admission.Refused;
import dev.marrow.ztunnel.report.Flag;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of {@link Admission}, row by row. */
class AdmissionTest {
  private static final String SHOP = "default/shop.default.svc.cluster.local";
  private static final String WAYPOINT = "default/waypoint.default.svc.cluster.local";
  private static final GatewayAddress AT_WAYPOINT =
      new GatewayAddress.AtService(ServiceKey.parse(WAYPOINT), 15008);
  private static final SpiffeId CLIENT =
      SpiffeId.parse("spiffe://cluster.local/ns/default/sa/client");
  private static final SpiffeId THE_WAYPOINT =
      SpiffeId.parse("spiffe://cluster.local/ns/default/sa/waypoint");

  private final TestMesh mesh = new TestMesh();
  private final Admission admission =
      new Admission(new Admission.Rules(new IllegalPorts(true, 15000), true, true, ""));

  private Admission.Verdict admit(TestWorkload own, String authority, Optional<SpiffeId> peer) {
    mesh.put(own);
    var request =
        new Admission.Request(
            Authority.parse(authority).orElseThrow(),
            ip("10.0.0.2"),
            new InetSocketAddress(ip("10.0.0.1"), 4711),
            peer);
    return admission.admit(
        mesh.current(), mesh.current().workload("", ip("10.0.0.2")).orElseThrow(), request);
  }

  private Admission.Verdict admit(TestWorkload own, String authority) {
    return admit(own, authority, Optional.of(CLIENT));
  }

  private static TestWorkload shop() {
    return workload("shop").at("10.0.0.2").backs(SHOP, 80, 8080);
  }

  @Test
  void aConnectionToOurOwnAddressIsAdmittedThere() {
    var admitted = (Admitted) admit(shop(), "10.0.0.2:8080");

    assertThat(admitted.app()).isEqualTo(new InetSocketAddress(ip("10.0.0.2"), 8080));
    assertThat(admitted.spoof()).isTrue();
  }

  @Test
  void ourAdministrationIsRefusedWhereItIsInTheNamespaceOfTheWorkload() {
    assertThat(((Refused) admit(shop(), "10.0.0.2:15000")).status()).isEqualTo(503);
    assertThat(new IllegalPorts(true, 0).contains(15000)).isFalse();
  }

  @Test
  void row1AnotherAddressIsRefusedWith400() {
    assertThat(((Refused) admit(shop(), "10.0.0.3:8080")).status()).isEqualTo(400);
  }

  @Test
  void row1AnotherAddressIsAdmittedIfWeAreItsWaypoint() {
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        workload("other").at("10.0.0.3").waypoint(AT_WAYPOINT));

    var verdict = admit(shop().backs(WAYPOINT, 15008, 15008), "10.0.0.3:8080");

    assertThat(((Admitted) verdict).app().getAddress()).isEqualTo(ip("10.0.0.2"));
  }

  @Test
  void row1AnotherAddressIsAdmittedWithAnApplicationTunnel() {
    var tunnelled = shop().applicationTunnel(new ApplicationTunnel.Plain(15088));

    var admitted = (Admitted) admit(tunnelled, "10.9.0.1:80");

    assertThat(admitted.app()).isEqualTo(new InetSocketAddress(ip("10.0.0.2"), 15088));
  }

  @Test
  void anApplicationTunnelWithProxyProtocolGoesToLoopbackWithoutSpoofing() {
    var tunnelled = shop().applicationTunnel(new ApplicationTunnel.ProxyProtocol(15088));

    var admitted = (Admitted) admit(tunnelled, "10.9.0.1:80");

    assertThat(admitted.app()).isEqualTo(new InetSocketAddress(ip("127.0.0.1"), 15088));
    assertThat(admitted.tunnelled()).isEqualTo(new InetSocketAddress(ip("10.9.0.1"), 80));
    assertThat(admitted.spoof()).isFalse();
  }

  @Test
  void whatComesInPlaintextGoesPastTheApplicationTunnel() {
    var tunnelled = shop().applicationTunnel(new ApplicationTunnel.ProxyProtocol(15088));

    var admitted = (Admitted) admit(tunnelled, "10.0.0.2:15021", Optional.empty());

    assertThat(admitted.app()).isEqualTo(new InetSocketAddress(ip("10.0.0.2"), 15021));
    assertThat(admitted.tunnel()).isEqualTo(ApplicationTunnel.NONE);
    assertThat(admitted.spoof()).isTrue();
  }

  @Test
  void row1AnotherAddressIsAdmittedIfWeAreOneOfItsWeightedWaypoints() {
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        service("default/other.default.svc.cluster.local")
            .vips("/10.9.0.9")
            .weighted(AT_WAYPOINT, 1));

    var verdict = admit(shop().backs(WAYPOINT, 15008, 15008), "10.9.0.9:8080");

    assertThat(verdict).isInstanceOf(Admitted.class);
  }

  @Test
  void row2AHostNameLeadsToOurPortForIt() {
    mesh.put(service(SHOP).vips("/10.9.0.1").ports(80, 8080));

    var admitted = (Admitted) admit(shop(), "shop.default.svc.cluster.local:80");

    assertThat(admitted.app().getPort()).isEqualTo(8080);
    assertThat(admitted.tunnelled()).isEqualTo(new InetSocketAddress(ip("10.9.0.1"), 80));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nobody.default.svc.cluster.local:80", "shop.default.svc.cluster.local:81"})
  void row2AHostNameOrPortThatLeadsNowhereIsRefusedWith503(String authority) {
    mesh.put(service(SHOP).vips("/10.9.0.1").ports(80, 8080));

    assertThat(((Refused) admit(shop(), authority)).status()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(ints = {15001, 15006, 15008, 15080})
  void row3OurOwnPortsAreRefusedWith503(int port) {
    var refused = (Refused) admit(shop(), "10.0.0.2:" + port);

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text()).isEqualTo("attempted recursive call to ourselves");
  }

  @Test
  void row4AStrictlyBoundWorkloadAcceptsItsWaypointOnly() {
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        workload("waypoint").account("waypoint").at("10.0.0.9").backs(WAYPOINT, 15008, 15008),
        policy(
            "default/istio_allow_waypoint_default_waypoint",
            PolicyScope.WORKLOAD_SELECTOR,
            PolicyAction.ALLOW,
            principals("cluster.local/ns/default/sa/waypoint")),
        policy(
            "default/allow-client",
            PolicyScope.NAMESPACE,
            PolicyAction.ALLOW,
            principals("cluster.local/ns/default/sa/client")));
    var bound =
        shop().waypoint(AT_WAYPOINT).policies("default/istio_allow_waypoint_default_waypoint");

    var refused = (Refused) admit(bound, "10.0.0.2:8080", Optional.of(CLIENT));
    var plaintext = (Refused) admit(bound, "10.0.0.2:8080", Optional.empty());

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.flag()).isEqualTo(Flag.DENY);
    assertThat(plaintext.flag()).isEqualTo(Flag.DENY);
    assertThat(admit(bound, "10.0.0.2:8080", Optional.of(THE_WAYPOINT)))
        .isInstanceOf(Admitted.class);
  }

  @Test
  void row4AWorkloadWhoseBindingEndsAcceptsEverybody() {
    String ending = "istio-system/marrow_through_waypoint";
    mesh.put(policy(ending, PolicyScope.WORKLOAD_SELECTOR, PolicyAction.DENY));

    var verdict =
        admit(shop().waypoint(AT_WAYPOINT).policies(ending), "10.0.0.2:8080", Optional.of(CLIENT));

    assertThat(verdict).isInstanceOf(Admitted.class);
  }

  @Test
  void row4AWaypointInFrontOfAServiceIsAcceptedBesideTheWorkloadsOwn() {
    String other = "default/other.default.svc.cluster.local";
    mesh.put(
        service(WAYPOINT).ports(15008, 15008),
        service(other).ports(15008, 15008),
        workload("other").account("other").at("10.0.0.8").backs(other, 15008, 15008),
        policy(
            "default/istio_allow_waypoint_default_waypoint",
            PolicyScope.WORKLOAD_SELECTOR,
            PolicyAction.ALLOW,
            principals("cluster.local/ns/default/sa/other")),
        service(SHOP)
            .ports(80, 8080)
            .waypoint(new GatewayAddress.AtService(ServiceKey.parse(other), 15008)));
    var bound =
        shop().waypoint(AT_WAYPOINT).policies("default/istio_allow_waypoint_default_waypoint");

    var verdict =
        admit(
            bound,
            "10.0.0.2:8080",
            Optional.of(SpiffeId.parse("spiffe://cluster.local/ns/default/sa/other")));

    assertThat(verdict).isInstanceOf(Admitted.class);
  }

  @Test
  void row5APolicyThatDeniesIsNamed() {
    mesh.put(
        policy(
            "default/no-client",
            PolicyScope.NAMESPACE,
            PolicyAction.DENY,
            principals("cluster.local/ns/default/sa/client")));

    var refused = (Refused) admit(shop(), "10.0.0.2:8080");

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text())
        .isEqualTo(
            "connection closed due to policy rejection: explicitly denied by: default/no-client");
  }

  @Test
  void row5StrictMutualTlsRefusesPlaintext() {
    mesh.put(
        policy(
            "istio-system/istio_converted_static_strict",
            PolicyScope.WORKLOAD_SELECTOR,
            PolicyAction.DENY,
            TestMesh.anonymous()));
    var strict = shop().policies("istio-system/istio_converted_static_strict");

    assertThat(admit(strict, "10.0.0.2:8080", Optional.empty())).isInstanceOf(Refused.class);
    assertThat(admit(strict, "10.0.0.2:8080")).isInstanceOf(Admitted.class);
  }
}
