package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.Port;
import org.junit.jupiter.api.Test;

/** VirtualServices that leave rules to others, and their rules for TCP and TLS. */
class VirtualPartsTest {
  private static Compiled mesh(String... more) {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.service("v2", "", "10.1.0.2"),
            Yaml.gateway("wp", "", ""));
    mesh.put(more);
    return mesh;
  }

  private static String virtual(String name, String spec) {
    return Yaml.object(
        "networking.istio.io/v1", "VirtualService", name, "{" + spec.replace("\n", " ") + "}");
  }

  private static Port port(Compiled mesh) {
    return mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getPorts(0);
  }

  @Test
  void rulesOfADelegateStandInTheDelegatingRulesPlace() {
    Compiled mesh =
        mesh(
            virtual(
                "root",
                """
                hosts: [web], http: [
                  {name: api, match: [{uri: {prefix: /api}, headers: {x: {exact: a}}}], timeout: 3s, delegate: {name: part}},
                  {name: rest, route: [{destination: {host: web}}]}]\
                """),
            virtual(
                "part",
                """
                http: [{name: v2, match: [{uri: {prefix: /api/v2}, method: {exact: GET}}], route: [{destination: {host: v2}}]},
                  {match: [{uri: {prefix: /other}}], route: [{destination: {host: v2}}]},
                  {timeout: 1s, route: [{destination: {host: web}}]}]\
                """));

    assertThat(port(mesh).getHttpRulesList())
        .extracting(HttpRule::getRule)
        .containsExactly("api-v2", "api", "rest");
    HttpRule first = port(mesh).getHttpRules(0);
    assertThat(first.getMatches(0).getPath().getTextPrefix()).isEqualTo("/api/v2");
    assertThat(first.getMatches(0).getMethod()).isEqualTo("GET");
    assertThat(first.getMatches(0).getHeaders(0).getName()).isEqualTo("x");
    assertThat(first.getTimeouts().getRequest().getSeconds()).isEqualTo(3);
    assertThat(port(mesh).getHttpRules(1).getTimeouts().getRequest().getSeconds()).isEqualTo(1);
    assertThat(mesh.condition("VirtualService", "root", "WaypointAccepted")).startsWith("True");
  }

  @Test
  void aDelegateThatComesLaterIsFoundAndOneWithHostsIsNone() {
    Compiled mesh = mesh(virtual("root", "hosts: [web], http: [{delegate: {name: part}}]"));
    assertThat(port(mesh).getHttpRulesList()).isEmpty();
    assertThat(mesh.condition("VirtualService", "root", "WaypointAccepted"))
        .startsWith("False")
        .contains("http[0].delegate");

    mesh.put(virtual("part", "http: [{route: [{destination: {host: v2}}]}]"));

    assertThat(port(mesh).getHttpRules(0).getBackends(0).getBackend().getHostname())
        .isEqualTo("v2.shop.svc.cluster.local");

    mesh.put(virtual("part", "hosts: [v2], http: [{route: [{destination: {host: v2}}]}]"));

    assertThat(port(mesh).getHttpRulesList()).isEmpty();
  }

  @Test
  void connectionsWithoutHttpAreRoutedByPortAndServerName() {
    Compiled mesh =
        mesh(
            virtual(
                "vs",
                """
                hosts: [web],
                  tcp: [{match: [{port: 81}], route: [{destination: {host: web}}]},
                    {match: [{port: 80}], route: [{destination: {host: web}, weight: 1}, {destination: {host: v2, subset: s}, weight: 3}]}],
                  tls: [{match: [{sniHosts: [a.b, '*.c'], port: 80}], route: [{destination: {host: v2}}]},
                    {match: [{sniHosts: [x], sourceLabels: {app: x}}], route: [{destination: {host: v2}}]}]\
                """));

    Port port = port(mesh);
    assertThat(port.getRouted()).isFalse();
    assertThat(port.getTcpRulesCount()).isEqualTo(1);
    assertThat(port.getTcpRules(0).getBackendsList())
        .extracting(share -> share.getBackend().getHostname() + " " + share.getWeight())
        .containsExactly("web.shop.svc.cluster.local 1", "v2.shop.svc.cluster.local 3");
    assertThat(port.getTlsRulesCount()).isEqualTo(1);
    assertThat(port.getTlsRules(0).getHostnamesList()).containsExactly("a.b", "*.c");
    assertThat(mesh.condition("VirtualService", "vs", "WaypointAccepted"))
        .contains("tls[1].match[0].sourceLabels");
  }
}
