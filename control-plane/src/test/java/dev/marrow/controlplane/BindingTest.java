package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.proto.workload.GatewayAddress;
import org.junit.jupiter.api.Test;

/** Which waypoint is in front of what: a test per row. */
class BindingTest {
  private static final String BOUND = "istio.io/WaypointBound";
  private static final String ENFORCED = "ambient.istio.io/redirection: enabled";

  @Test
  void aServiceIsBoundByItsLabel() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.gateway("wp", "", ""),
            Yaml.waypointRuns("wp", "10.0.0.9"));

    GatewayAddress waypoint = mesh.service("web").getWaypoint();
    assertThat(waypoint.getHostname().getHostname()).isEqualTo("wp.shop.svc.cluster.local");
    assertThat(waypoint.getHostname().getNamespace()).isEqualTo("shop");
    assertThat(waypoint.getHboneMtlsPort()).isEqualTo(15008);
    assertThat(mesh.condition("Service", "web", BOUND)).startsWith("True WaypointAccepted");
  }

  @Test
  void aServiceIsBoundByItsNamespaceUnlessItSaysNone() {
    Compiled mesh =
        Compiled.of(
            Yaml.namespace("shop", "istio.io/use-waypoint: wp"),
            Yaml.service("web", "", "10.1.0.1"),
            Yaml.service("out", "istio.io/use-waypoint: none", "10.1.0.2"),
            Yaml.gateway("wp", "", ""),
            Yaml.waypointRuns("wp", "10.0.0.9"));

    assertThat(mesh.service("web").hasWaypoint()).isTrue();
    assertThat(mesh.service("out").hasWaypoint()).isFalse();
    assertThat(mesh.service("wp").hasWaypoint()).as("the waypoint itself").isFalse();
    assertThat(mesh.pod("wp-1").hasWaypoint()).isFalse();
  }

  @Test
  void aGatewayMayBeLeftOutWhileThereIsNoRule() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.pod("web-1", "app: web", ENFORCED, "10.0.0.1"),
            Yaml.gateway("wp", "", "marrow.dev/skip-without-rules: \"true\""),
            Yaml.waypointRuns("wp", "10.0.0.9"));
    assertThat(mesh.service("web").hasWaypoint()).isFalse();
    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).isEmpty();

    mesh.put(
        Yaml.route(
            "r",
            "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name:"
                + " web, port: 80}]}]}"));

    assertThat(mesh.service("web").hasWaypoint()).isTrue();
  }

  @Test
  void aBindingFailsClosedWhileItsWaypointIsNotReady() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.service("lost", "istio.io/use-waypoint: nobody", "10.1.0.2"),
            Yaml.gateway("wp", "", ""));

    assertThat(mesh.service("web").hasWaypoint()).isTrue();
    assertThat(mesh.service("lost").getWaypoint().getHostname().getHostname())
        .isEqualTo("nobody.shop.svc.cluster.local");
    assertThat(mesh.condition("Service", "web", BOUND))
        .startsWith("False WaypointIsNotReady")
        .contains("refused");
  }

  @Test
  void aGatewayMayFailOpen() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.gateway("wp", "", "marrow.dev/fail-open: \"true\""));

    assertThat(mesh.service("web").hasWaypoint()).isFalse();
    assertThat(mesh.condition("Service", "web", BOUND))
        .startsWith("False WaypointIsNotReady")
        .contains("past it");

    mesh.put(Yaml.waypointRuns("wp", "10.0.0.9"));

    assertThat(mesh.service("web").hasWaypoint()).isTrue();
  }

  @Test
  void anotherNamespaceNeedsToBeAdmitted() {
    String web =
        Yaml.service(
            "web", "istio.io/use-waypoint: wp, istio.io/use-waypoint-namespace: infra", "10.1.0.1");
    String gateway = Yaml.gateway("wp", "", "").replace("namespace: shop", "namespace: infra");
    Compiled mesh = Compiled.of(web, gateway, Yaml.namespace("shop", "team: a"));
    assertThat(mesh.service("web").hasWaypoint()).isFalse();
    assertThat(mesh.condition("Service", "web", BOUND)).startsWith("False AttachmentDenied");

    mesh.put(admitting(gateway, "{from: All}"));
    assertThat(mesh.service("web").getWaypoint().getHostname().getNamespace()).isEqualTo("infra");

    mesh.put(admitting(gateway, "{from: Selector, selector: {matchLabels: {team: b}}}"));
    assertThat(mesh.service("web").hasWaypoint()).isFalse();

    mesh.put(admitting(gateway, "{from: Selector, selector: {matchLabels: {team: a}}}"));
    assertThat(mesh.service("web").hasWaypoint()).isTrue();
  }

  private static String admitting(String gateway, String namespaces) {
    return gateway.replace(
        "protocol: HBONE}",
        "protocol: HBONE, allowedRoutes: {namespaces: %s}}".formatted(namespaces));
  }

  @Test
  void aWaypointTakesOnlyTheTrafficItIsFor() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.pod("web-1", "app: web, istio.io/use-waypoint: wp", ENFORCED, "10.0.0.1"),
            Yaml.gateway("wp", "istio.io/waypoint-for: workload", ""));
    assertThat(mesh.service("web").hasWaypoint()).isFalse();
    assertThat(mesh.condition("Service", "web", BOUND)).startsWith("False UnsupportedTrafficType");
    assertThat(mesh.pod("web-1").hasWaypoint()).isTrue();

    mesh.put(Yaml.gateway("wp", "", ""));
    assertThat(mesh.service("web").hasWaypoint()).isTrue();
    assertThat(mesh.pod("web-1").hasWaypoint()).isFalse();

    mesh.put(Yaml.gateway("wp", "istio.io/waypoint-for: all", ""));
    assertThat(mesh.service("web").hasWaypoint()).isTrue();
    assertThat(mesh.pod("web-1").hasWaypoint()).isTrue();

    mesh.put(Yaml.gateway("wp", "istio.io/waypoint-for: none", ""));
    assertThat(mesh.service("web").hasWaypoint()).isFalse();
    assertThat(mesh.pod("web-1").hasWaypoint()).isFalse();
  }

  @Test
  void aCanaryGetsItsShare() {
    String labels = "istio.io/use-waypoint: wp, istio.io/use-waypoint-canary: wp2";
    String annotated =
        "namespace: shop, annotations: {istio.io/use-waypoint-canary-weight: \"20\"}";
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", labels, "10.1.0.1").replace("namespace: shop", annotated),
            Yaml.gateway("wp", "", ""),
            Yaml.waypointRuns("wp", "10.0.0.9"));
    assertThat(mesh.service("web").getWeightedWaypointsList())
        .extracting(w -> w.getWeight() + " " + w.getDestination().getHostname().getHostname())
        .containsExactly("80 wp.shop.svc.cluster.local", "20 wp2.shop.svc.cluster.local");

    mesh.put(Yaml.service("web", labels, "10.1.0.1"));
    assertThat(mesh.service("web").getWeightedWaypointsList()).isEmpty();
    assertThat(mesh.condition("Service", "web", BOUND)).startsWith("False CanaryInvalidWeight");

    mesh.put(Yaml.service("web", labels.replace("wp2", "wp"), "10.1.0.1"));
    assertThat(mesh.condition("Service", "web", BOUND)).startsWith("False CanarySameAsPrimary");
  }

  @Test
  void anAccountsWaypointIsInFrontOfItsWorkloadsAndTheirService() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "", "10.1.0.1"),
            Yaml.pod("web-1", "app: web", ENFORCED, "10.0.0.1"),
            Yaml.gateway("wp", "", "istio.io/for-service-account: web"),
            Yaml.waypointRuns("wp", "10.0.0.9"));

    assertThat(mesh.pod("web-1").getWaypoint().getHostname().getHostname())
        .isEqualTo("wp.shop.svc.cluster.local");
    assertThat(mesh.service("web").hasWaypoint()).isTrue();
  }

  @Test
  void whereEndpointsDoNotAgreeTheServiceIsNotBound() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "", "10.1.0.1"),
            Yaml.pod("web-1", "app: web", ENFORCED, "10.0.0.1"),
            Yaml.pod("other-1", "app: web", ENFORCED, "10.0.0.2"),
            Yaml.gateway("wp", "", "istio.io/for-service-account: web"));
    assertThat(mesh.service("web").hasWaypoint()).isFalse();
    assertThat(mesh.condition("Service", "web", BOUND)).startsWith("False MixedWaypoints");
    assertThat(mesh.pod("web-1").hasWaypoint()).isTrue();
    assertThat(mesh.pod("other-1").hasWaypoint()).isFalse();

    mesh.remove("Pod", "shop", "other-1");

    assertThat(mesh.service("web").hasWaypoint()).isTrue();
  }

  @Test
  void theOldestGatewayHasTheAccount() {
    String dated = "namespace: shop, creationTimestamp: \"2026-01-0%d\"";
    String wp1 = Yaml.gateway("wp1", "istio.io/for-service-account: web", "");
    String wp2 = Yaml.gateway("wp2", "istio.io/for-service-account: web", "");
    Compiled mesh =
        Compiled.of(
            wp1.replace("namespace: shop", dated.formatted(2).replace("2\"", "2T00:00:00Z\"")),
            wp2.replace("namespace: shop", dated.formatted(1).replace("1\"", "1T00:00:00Z\"")),
            Yaml.pod("web-1", "app: web", ENFORCED, "10.0.0.1"));

    assertThat(mesh.pod("web-1").getWaypoint().getHostname().getHostname()).startsWith("wp2.");
    assertThat(mesh.condition("Gateway", "wp1", "Accepted")).startsWith("False AccountTaken");
    assertThat(mesh.condition("Gateway", "wp2", "Accepted")).startsWith("True");
  }
}
