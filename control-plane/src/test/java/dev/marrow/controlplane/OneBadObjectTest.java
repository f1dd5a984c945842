package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import org.junit.jupiter.api.Test;

/** What somebody writes into an object of his own is no affair of all the others. */
class OneBadObjectTest {
  @Test
  void aTextThatNoPatternCanBeMatchedAgainstIsNotAcceptedAndTheRestIs() {
    String timeout = "1s".repeat(50_000);
    String spec = "{hosts: [web], http: [{timeout: %s, route: []}]}".formatted(timeout);

    Compiled mesh =
        Compiled.of(
            Yaml.object("networking.istio.io/v1", "VirtualService", "a", spec),
            Yaml.service("web", "", "10.1.0.1"));

    assertThat(mesh.condition("VirtualService", "a", "Accepted")).startsWith("False Invalid ");
    assertThat(mesh.service("web").getName()).isEqualTo("web");
  }

  @Test
  void aReferenceToNoKindIsNotAcceptedAndTheRestIs() {
    Compiled mesh =
        Compiled.of(
            Yaml.route("a", "{parentRefs: [{kind: '', name: web}]}"),
            Yaml.service("web", "", "10.1.0.1"));

    assertThat(mesh.parentCondition("HTTPRoute", "a", 0, "Accepted"))
        .startsWith("False UnsupportedValue ");
    assertThat(mesh.service("web").getName()).isEqualTo("web");
  }

  @Test
  void aDelegateWithoutANameIsMissedAndTheServicesOfItsNamespaceAreFollowed() {
    Compiled mesh =
        Compiled.of(
            Yaml.object(
                "networking.istio.io/v1",
                "VirtualService",
                "a",
                "{hosts: [x], http: [{delegate: {}}]}"),
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.gateway("wp", "", ""));

    assertThat(mesh.condition("VirtualService", "a", "WaypointAccepted"))
        .startsWith("False DelegateNotFound ");
    assertThat(mesh.names(ResourceType.DESTINATION, "shop/wp"))
        .containsExactly("shop/web.shop.svc.cluster.local");
  }

  @Test
  void aGatewayWithoutAClassIsOfUnknownClassAndThePodsOfItsNamespaceAreFollowed() {
    Compiled mesh =
        Compiled.of(
            Yaml.gateway("wp", "", "")
                .replace("gatewayClassName: marrow-waypoint", "addresses: []"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"));

    assertThat(mesh.condition("Gateway", "wp", "Accepted"))
        .startsWith("False UnknownGatewayClass ");
    assertThat(mesh.pod("web-1").getName()).isEqualTo("web-1");
  }
}
