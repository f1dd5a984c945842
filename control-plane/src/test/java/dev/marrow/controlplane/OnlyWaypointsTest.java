package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Match;
import org.junit.jupiter.api.Test;

class OnlyWaypointsTest {
  private static final String ALLOW = "shop/istio_allow_waypoint_shop_wp";
  private static final String ONLY = "shop/marrow_only_waypoint_shop_wp";

  private static Compiled mesh(String annotations) {
    return Compiled.of(
        Yaml.service("web", "", "10.1.0.1"),
        Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
        Yaml.pod("api-1", "app: api", "", "10.0.0.2"),
        Yaml.gateway("wp", "", "istio.io/for-service-account: web" + annotations),
        Yaml.waypointRuns("wp", "10.0.0.9"));
  }

  @Test
  void aBoundWorkloadAcceptsItsWaypointOnly() {
    Compiled mesh = mesh("");

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).containsExactly(ALLOW, ONLY);
    assertThat(mesh.pod("api-1").getAuthorizationPoliciesList()).isEmpty();
    assertThat(match(mesh.policy(ALLOW)).getPrincipals(0).getExact())
        .isEqualTo("cluster.local/ns/shop/sa/wp");
    assertThat(mesh.policy(ALLOW).getAction()).isEqualTo(Action.ALLOW);
    assertThat(match(mesh.policy(ONLY)).getNotPrincipals(0).getExact())
        .isEqualTo("cluster.local/ns/shop/sa/wp");
    assertThat(mesh.policy(ONLY).getAction()).isEqualTo(Action.DENY);
  }

  @Test
  void aGatewayMayAllowTheWayPastIt() {
    Compiled mesh = mesh(", marrow.dev/allow-bypass: \"true\"");

    assertThat(mesh.pod("web-1").hasWaypoint()).isTrue();
    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).isEmpty();
    assertThat(mesh.names(ResourceType.AUTHORIZATION, "")).isEmpty();
  }

  @Test
  void aServiceWithoutAnAddressDoesNotCloseItsPods() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "None"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
            Yaml.gateway("wp", "", ""),
            Yaml.waypointRuns("wp", "10.0.0.9"));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).isEmpty();
    assertThat(mesh.names(ResourceType.AUTHORIZATION, "")).isEmpty();
  }

  @Test
  void aWorkloadBehindTwoWaypointsAcceptsBoth() {
    Compiled mesh = mesh("");
    mesh.put(
        Yaml.service("web", "istio.io/use-waypoint: front", "10.1.0.1"),
        Yaml.gateway("front", "", ""));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList())
        .containsExactly(
            "shop/istio_allow_waypoint_shop_front",
            ALLOW,
            "shop/marrow_only_waypoint_shop_front_shop_wp");
    assertThat(
            match(mesh.policy("shop/marrow_only_waypoint_shop_front_shop_wp"))
                .getNotPrincipalsCount())
        .isEqualTo(2);
    assertThat(mesh.names(ResourceType.AUTHORIZATION, "")).doesNotContain(ONLY);
  }

  private static Match match(Authorization policy) {
    return policy.getRules(0).getClauses(0).getMatches(0);
  }
}
