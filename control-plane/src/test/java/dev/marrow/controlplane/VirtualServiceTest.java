package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waypoints are told of VirtualServices and of DestinationRules' parts. */
class VirtualServiceTest {
  private static Compiled mesh(String... more) {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.service("v2", "", "10.1.0.2"),
            Yaml.pod("web-1", "app: web, team: a", "", "10.0.0.1"),
            Yaml.pod("web-2", "app: web, team: b", "", "10.0.0.2"),
            Yaml.gateway("wp", "", ""));
    mesh.put(more);
    return mesh;
  }

  private static String virtual(String http) {
    return Yaml.object(
        "networking.istio.io/v1",
        "VirtualService",
        "vs",
        "{hosts: [web], http: [" + http.replace("\n", " ") + "]}");
  }

  private static String rule(String spec) {
    return Yaml.object(
        "networking.istio.io/v1", "DestinationRule", "dr", "{host: web, " + spec + "}");
  }

  private static Port port(Compiled mesh) {
    return mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getPorts(0);
  }

  @Test
  void rulesStayInOrderWithTheirMatches() {
    Compiled mesh =
        mesh(
            virtual(
                """
                {name: a, match: [{uri: {prefix: /api/}, method: {exact: GET}, headers: {x: {regex: 'a.*'}},
                  withoutHeaders: {y: {}}, queryParams: {q: {exact: v}}, ignoreUriCase: true},
                  {authority: {prefix: web}, port: 80}, {uri: {exact: /no}, port: 81}],
                  route: [{destination: {host: v2}}]},
                {route: [{destination: {host: web}}]}\
                """));

    Port port = port(mesh);
    assertThat(port.getInOrder()).isTrue();
    assertThat(port.getRouted()).isTrue();
    assertThat(port.getHttpRulesList())
        .extracting(HttpRule::getRule)
        .containsExactly("a", "a", "1");
    var first = port.getHttpRules(0).getMatches(0);
    assertThat(first.getPath().getTextPrefix()).isEqualTo("/api/");
    assertThat(first.getPath().getIgnoreCase()).isTrue();
    assertThat(first.getMethod()).isEqualTo("GET");
    assertThat(first.getHeaders(0).getValue().getRegex()).isEqualTo("a.*");
    assertThat(first.getHeaders(1).getInvert()).isTrue();
    assertThat(first.getQuery(0).getValue().getExact()).isEqualTo("v");
    assertThat(port.getHttpRules(1).getMatches(0).getHeaders(0).getName()).isEqualTo(":authority");
    assertThat(mesh.condition("VirtualService", "vs", "WaypointAccepted")).startsWith("True");
  }

  @Test
  void sharesNameServicesPortsAndSubsets() {
    Compiled mesh =
        mesh(
            virtual(
                """
                {route: [{destination: {host: web, subset: one}, weight: 90},
                  {destination: {host: v2.shop.svc.cluster.local, port: {number: 80}}, weight: 10,
                   headers: {response: {set: {x: y}}}}],
                 timeout: 3s, retries: {attempts: 4, perTryTimeout: 1s, retryOn: '5xx,503'},
                 rewrite: {uri: /new, authority: other}, mirror: {host: v2}, mirrorPercentage: {value: 12.5},
                 corsPolicy: {allowOrigins: [{exact: 'http://a'}, {prefix: 'http://b'}]}}\
                """));

    HttpRule rule = port(mesh).getHttpRules(0);
    assertThat(rule.getBackendsList())
        .extracting(b ->
            "%d %s %s %d"
                .formatted(
                    b.getWeight(),
                    b.getBackend().getHostname(),
                    b.getBackend().getSubset(),
                    b.getFiltersCount()))
        .containsExactly("90 web.shop.svc.cluster.local one 0", "10 v2.shop.svc.cluster.local  1");
    assertThat(rule.getTimeouts().getRequest().getSeconds()).isEqualTo(3);
    assertThat(rule.getRetry().getPerTryTimeout().getSeconds()).isEqualTo(1);
    assertThat(rule.getRetry().getConditionsList()).contains("5xx");
    assertThat(rule.getRetry().getCodesList()).containsExactly(503);
    assertThat(rule.getFilters(0).getCors().getAllowOriginsList())
        .containsExactly("http://a", "http://b*");
    assertThat(rule.getFilters(1).getMirror().getNumerator()).isEqualTo(125_000);
    assertThat(rule.getFilters(2).getRewrite().getPath().getPrefix()).isEqualTo("/new");
    assertThat(mesh.condition("VirtualService", "vs", "WaypointAccepted")).startsWith("True");
  }

  @Test
  void redirectsAndAnswersNeedNoBackend() {
    Compiled mesh =
        mesh(
            virtual(
                "{match: [{uri: {exact: /old}}], redirect: {uri: /new, authority: 'a.b:8443',"
                    + " scheme: https}}, {directResponse: {status: 418, body: {string: tea}}}"));

    var redirect = port(mesh).getHttpRules(0).getFilters(0).getRedirect();
    assertThat(redirect.getHostname() + ":" + redirect.getPort()).isEqualTo("a.b:8443");
    assertThat(redirect.getStatus()).isEqualTo(301);
    assertThat(port(mesh).getHttpRules(1).getFilters(0).getDirectResponse().getBody())
        .isEqualTo("tea");
    assertThat(port(mesh).getHttpRules(1).getBackendsCount()).isZero();
  }

  @Test
  void routesOfGatewayApiGoBeforeItButNotItsFaults() {
    String route =
        Yaml.route(
            "r",
            "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name:"
                + " v2, port: 80}]}]}");
    Compiled mesh =
        mesh(
            route,
            virtual("{fault: {abort: {httpStatus: 500}}, route: [{destination: {host: web}}]}"));

    Port port = port(mesh);
    assertThat(port.getInOrder()).isFalse();
    assertThat(port.getHttpRulesList()).extracting(HttpRule::getRoute).containsExactly("shop/r");
    assertThat(port.getHttpRules(0).getFault().getAbortStatus()).isEqualTo(500);
  }

  @Test
  void whatIsForIngressesOnlyIsNotForWaypoints() {
    Compiled mesh =
        mesh(
            Yaml.object(
                "networking.istio.io/v1",
                "VirtualService",
                "vs",
                "{hosts: [web], gateways: [ingress], http: [{route: [{destination: {host:"
                    + " v2}}]}]}"));

    assertThat(port(mesh).getHttpRulesList()).isEmpty();
    assertThat(port(mesh).getRouted()).isFalse();
  }

  @Test
  void aSubsetByAnyLabelListsItsWorkloads() {
    Compiled mesh =
        mesh(
            rule(
                "subsets: [{name: a, labels: {team: a}}, {name: app, labels: {app: web}}, {name: b,"
                    + " labels: {team: b}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}],"
                    + " trafficPolicy: {connectionPool: {http: {maxRetries: 3}}}"));

    var traffic = mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getTraffic();
    assertThat(traffic.getSubsetsOrThrow("a").getListed()).isTrue();
    assertThat(traffic.getSubsetsOrThrow("a").getWorkloadsList())
        .containsExactly("Kubernetes//Pod/shop/web-1");
    assertThat(traffic.getSubsetsOrThrow("app").getListed()).isFalse();
    var own = traffic.getSubsetsOrThrow("b").getTraffic();
    assertThat(own.getLoadBalancer().getAlgorithm().name()).isEqualTo("RANDOM");
    assertThat(own.getConnectionPool().getMaxRetries()).isEqualTo(3);

    mesh.put(Yaml.pod("web-3", "app: web, team: a", "", "10.0.0.3"));

    traffic = mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getTraffic();
    assertThat(traffic.getSubsetsOrThrow("a").getWorkloadsList())
        .isEqualTo(List.of("Kubernetes//Pod/shop/web-1", "Kubernetes//Pod/shop/web-3"));
  }

  @Test
  void compressionIsAskedForByAnnotation() {
    Compiled mesh = mesh();
    assertThat(mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").hasCompression())
        .isFalse();

    mesh.put(
        Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1")
            .replace(
                "namespace: shop",
                "namespace: shop, annotations: {marrow.dev/compression: 'br, gzip',"
                    + " marrow.dev/compression-min-bytes: '200', marrow.dev/compression-types:"
                    + " text/html}"));

    var compression =
        mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getCompression();
    assertThat(compression.getMinBytes()).isEqualTo(200);
    assertThat(compression.getContentTypesList()).containsExactly("text/html");
  }

  @Test
  void portsWarmUpAndSharesOfLocalitiesAreTold() {
    Compiled mesh =
        mesh(
            rule(
                "trafficPolicy: {portLevelSettings: [{port: {number: 80}, outlierDetection:"
                    + " {consecutive5xxErrors: 7}}], loadBalancer: {warmup: {duration: 30s,"
                    + " minimumPercent: 5, aggression: 2}, localityLbSetting: {distribute: [{from:"
                    + " 'eu/*', to: {'eu/a/*': 80, 'eu/b/*': 20}}]}}}"));

    var traffic = mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getTraffic();
    assertThat(traffic.getPortsOrThrow(80).getOutlierDetection().getConsecutive5Xx()).isEqualTo(7);
    var balancer = traffic.getLoadBalancer();
    assertThat(balancer.getSlowStart().getSeconds()).isEqualTo(30);
    assertThat(balancer.getSlowStartMinimumPercent()).isEqualTo(5);
    assertThat(balancer.getDistribute(0).getToMap()).containsEntry("eu/a/*", 80);
    assertThat(mesh.condition("DestinationRule", "dr", "WaypointAccepted")).startsWith("True");
  }

  @Test
  void regionsThatTakeOverAreToldUnlessSwitchedOff() {
    String setting = "{failover: [{from: eu, to: us}, {from: eu, to: asia}], enabled: %s}";
    String policy = "trafficPolicy: {loadBalancer: {localityLbSetting: " + setting + "}}";
    Compiled mesh = mesh(rule(policy.formatted("true")));

    var traffic = mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getTraffic();
    assertThat(traffic.getLoadBalancer().getFailoverRegionsMap()).containsOnly(entry("eu", "us"));
    assertThat(mesh.condition("DestinationRule", "dr", "WaypointAccepted")).startsWith("True");

    mesh.put(rule(policy.formatted("false")));

    traffic = mesh.destination("shop/wp", "shop/web.shop.svc.cluster.local").getTraffic();
    assertThat(traffic.getLoadBalancer().getFailoverRegionsMap()).isEmpty();
  }
}
