package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.proto.workload.AppProtocol;
import dev.marrow.proto.workload.IPFamilies;
import dev.marrow.proto.workload.LoadBalancing;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.Visibility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services and ServiceEntries: a test per field. */
class ServiceTest {
  private static final String WEB = Yaml.service("web", "", "10.1.0.1");

  private static Service service(String spec) {
    return Compiled.of(WEB.replace("clusterIP: 10.1.0.1", spec)).service("web");
  }

  @Test
  void aServiceHasItsNamesAddressesAndPorts() {
    Service service = service("clusterIPs: [10.1.0.1, fd00::1]\n  ipFamilies: [IPv4, IPv6]");

    assertThat(service.getName() + "." + service.getNamespace()).isEqualTo("web.shop");
    assertThat(service.getHostname()).isEqualTo("web.shop.svc.cluster.local");
    assertThat(service.getAddressesCount()).isEqualTo(2);
    assertThat(service.getIpFamilies()).isEqualTo(IPFamilies.DUAL);
    assertThat(service.getCanonical()).isTrue();
    assertThat(service.getPorts(0).getServicePort()).isEqualTo(80);
    assertThat(service.getPorts(0).getTargetPort()).as("a name").isZero();
    assertThat(service.getPorts(0).getAppProtocol()).isEqualTo(AppProtocol.HTTP11);
  }

  @Test
  void ofTwoEntriesForAHostInANamespaceTheOlderCountsAndThenTheOther() {
    Compiled mesh = Compiled.of(entry("a", 2025, 443), entry("b", 2026, 8443));
    assertThat(mesh.address("shop/db.example.com").getService().getName()).isEqualTo("a");

    mesh.put(entry("b", 2026, 9443));
    assertThat(mesh.address("shop/db.example.com").getService().getName()).isEqualTo("a");

    mesh.remove("ServiceEntry", "shop", "a");
    assertThat(mesh.address("shop/db.example.com").getService().getName()).isEqualTo("b");
  }

  @Test
  void anEntryForTheHostOfAServiceOfItsNamespaceDoesNotReplaceIt() {
    Compiled mesh = Compiled.of(WEB);
    String entry = entry("web", 2020, 9).replace("db.example.com", "web.shop.svc.cluster.local");

    mesh.put(entry);
    assertThat(mesh.service("web").getPorts(0).getServicePort()).isEqualTo(80);

    mesh.remove("ServiceEntry", "shop", "web");
    assertThat(mesh.service("web").getPorts(0).getServicePort()).isEqualTo(80);
  }

  private static String entry(String name, int year, int port) {
    return """
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: %s, namespace: shop, creationTimestamp: "%d-01-01T00:00:00Z"}
    spec: {hosts: [db.example.com], resolution: DNS, ports: [{number: %d, name: tls, protocol: TLS}]}
    """
        .formatted(name, year, port);
  }

  @Test
  void aHeadlessServiceHasNoAddress() {
    assertThat(service("clusterIP: None").getAddressesList()).isEmpty();
  }

  @Test
  void anExternalNameIsNoService() {
    assertThat(
            Compiled.of(WEB.replace("clusterIP:", "type: ExternalName\n  clusterIP:")).versions(""))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http, '', HTTP11",
    "http-web, '', HTTP11",
    "http2, '', HTTP2",
    "grpc, '', GRPC",
    "grpc-web, '', HTTP11",
    "https, '', TLS",
    "tls-x, '', TLS",
    "tcp, '', TCP",
    "web, '', UNKNOWN",
    "web, http, HTTP11",
    "web, kubernetes.io/h2c, HTTP2",
    "web, grpc, GRPC",
    "http, tcp, TCP",
    "web, https, TLS",
    "web, kubernetes.io/ws, HTTP11",
  })
  void thePortsProtocolIsItsAppProtocolElseItsName(
      String name, String appProtocol, AppProtocol protocol) {
    String port = "name: " + name + (appProtocol.isEmpty() ? "" : ", appProtocol: " + appProtocol);

    Service service = Compiled.of(WEB.replace("name: http", port)).service("web");

    assertThat(service.getPorts(0).getAppProtocol()).isEqualTo(protocol);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "internalTrafficPolicy: Local           | STRICT           | [NODE]",
        "trafficDistribution: PreferClose       | FAILOVER         | [NETWORK, REGION, ZONE]",
        "trafficDistribution: PreferSameZone    | FAILOVER         | [NETWORK, REGION, ZONE]",
        "trafficDistribution: PreferSameNode    | FAILOVER         | [NETWORK, REGION, ZONE, SUBZONE, NODE]",
        "type: ClusterIP                        | UNSPECIFIED_MODE | []",
      })
  void endpointsArePreferredAsTheServiceSays(
      String spec, LoadBalancing.Mode mode, String preference) {
    LoadBalancing balancing = service("clusterIP: 10.1.0.1\n  " + spec).getLoadBalancing();

    assertThat(balancing.getMode()).isEqualTo(mode);
    assertThat(balancing.getRoutingPreferenceList()).hasToString(preference);
  }

  @Test
  void annotationsOfTheServiceThenOfItsNamespaceDistribute() {
    String name = "networking.istio.io/traffic-distribution";
    String own = WEB.replace("labels: {}", "annotations: {%s: PreferSameNode}".formatted(name));
    String namespace =
        Yaml.namespace("shop", "")
            .replace("labels: {}", "annotations: {%s: PreferClose}".formatted(name));

    assertThat(
            Compiled.of(own, namespace)
                .service("web")
                .getLoadBalancing()
                .getRoutingPreferenceCount())
        .isEqualTo(5);
    assertThat(
            Compiled.of(WEB, namespace)
                .service("web")
                .getLoadBalancing()
                .getRoutingPreferenceCount())
        .isEqualTo(3);
  }

  @Test
  void unreadyAddressesArePublishedOnWish() {
    assertThat(
            service("clusterIP: 10.1.0.1\n  publishNotReadyAddresses: true")
                .getLoadBalancing()
                .getHealthPolicy())
        .isEqualTo(LoadBalancing.HealthPolicy.ALLOW_ALL);
  }

  @Test
  void ingressUsesTheWaypointWhereLabelled() {
    String label = "istio.io/ingress-use-waypoint: \"%s\"";
    Compiled mesh =
        Compiled.of(
            Yaml.namespace("shop", label.formatted("true")),
            WEB,
            Yaml.service("api", label.formatted("false"), "10.1.0.2"));

    assertThat(mesh.service("web").getIngressUseWaypoint()).isTrue();
    assertThat(mesh.service("api").getIngressUseWaypoint()).isFalse();
  }

  @Test
  void anEntryHasItsHostsAddressesAndVisibility() {
    Compiled mesh =
        Compiled.of(
            Yaml.object(
                "networking.istio.io/v1",
                "ServiceEntry",
                "ext",
                "{hosts: [a.example.com, b.example.com], addresses: [192.0.2.0/24], exportTo: [.],"
                    + " subjectAltNames: [spiffe://x/y], ports: [{number: 443, name: tls, protocol: TLS}]}"));

    Service service = mesh.address("shop/b.example.com").getService();
    assertThat(service.getAddresses(0).getLength()).isEqualTo(24);
    assertThat(service.getVisibility()).isEqualTo(Visibility.NAMESPACE);
    assertThat(service.getCanonical()).isFalse();
    assertThat(service.getLoadBalancing().getMode()).isEqualTo(LoadBalancing.Mode.PASSTHROUGH);
    assertThat(service.getSubjectAltNamesList()).containsExactly("spiffe://x/y");
  }

  @Test
  void aHostBelongsToTheServiceElseToTheOldestEntry() {
    String entry = "{hosts: [%s], resolution: STATIC, ports: []}";
    Compiled mesh =
        Compiled.of(
            WEB,
            Yaml.object(
                    "networking.istio.io/v1",
                    "ServiceEntry",
                    "same",
                    entry.formatted("web.shop.svc.cluster.local"))
                .replace("namespace: shop", "namespace: other"),
            Yaml.object("networking.istio.io/v1", "ServiceEntry", "e1", entry.formatted("x.y")));

    assertThat(mesh.service("web").getCanonical()).isTrue();
    assertThat(mesh.address("other/web.shop.svc.cluster.local").getService().getCanonical())
        .isFalse();
    assertThat(mesh.address("shop/x.y").getService().getCanonical()).isTrue();
  }
}
