package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.GlobalRateLimit;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What waypoints are told. */
class DestinationTest {
  private static final String WEB = "shop/web.shop.svc.cluster.local";

  private static Compiled mesh(String... more) {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "istio.io/use-waypoint: wp", "10.1.0.1"),
            Yaml.service("v2", "", "10.1.0.2"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
            Yaml.gateway("wp", "", ""));
    if (more.length > 0) {
      mesh.put(more);
    }
    return mesh;
  }

  private static Destination web(Compiled mesh) {
    return mesh.destination("shop/wp", WEB);
  }

  private static final String PARENT = "parentRefs: [{group: '', kind: Service, name: web}]";

  @Test
  void aBoundServiceIsADestinationOfItsWaypoint() {
    Compiled mesh = mesh();

    Port port = web(mesh).getPorts(0);
    assertThat(port.getPort()).isEqualTo(80);
    assertThat(port.getProtocol()).isEqualTo(Protocol.HTTP1);
    assertThat(port.getRouted()).isFalse();
    assertThat(mesh.names(ResourceType.DESTINATION, "shop/wp")).containsExactly(WEB);
    mesh.put(Yaml.service("web", "", "10.1.0.1"));
    assertThat(mesh.names(ResourceType.DESTINATION, "shop/wp")).isEmpty();
  }

  @Test
  void aRouteIsCompiledWhole() {
    Compiled mesh =
        mesh(
            Yaml.route(
                "r",
                """
                {%s, rules: [{name: a,
                  matches: [{path: {type: PathPrefix, value: /api}, method: GET,
                             headers: [{name: x, value: y}, {type: RegularExpression, name: z, value: 'a.*'}],
                             queryParams: [{name: q, value: v}]}],
                  filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: h, value: v}], remove: [g]}},
                            {type: URLRewrite, urlRewrite: {hostname: w, path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}},
                            {type: RequestMirror, requestMirror: {backendRef: {name: v2, port: 80}, percent: 5}}],
                  backendRefs: [{name: web, port: 80, weight: 9}, {name: v2, port: 80, weight: 1}],
                  timeouts: {request: 1s, backendRequest: 500ms},
                  retry: {attempts: 3, codes: [503], backoff: 100ms},
                  sessionPersistence: {sessionName: s, type: Header}}]}
                """
                    .formatted(PARENT)
                    .replace("\n", " ")));

    HttpRule rule = web(mesh).getPorts(0).getHttpRules(0);
    assertThat(web(mesh).getPorts(0).getRouted()).isTrue();
    assertThat(rule.getRoute() + " " + rule.getRule()).isEqualTo("shop/r a");
    assertThat(rule.getMatches(0).getPath().getPrefix()).isEqualTo("/api");
    assertThat(rule.getMatches(0).getMethod()).isEqualTo("GET");
    assertThat(rule.getMatches(0).getHeaders(1).getValue().getRegex()).isEqualTo("a.*");
    assertThat(rule.getMatches(0).getQuery(0).getValue().getExact()).isEqualTo("v");
    assertThat(rule.getFiltersCount()).isEqualTo(3);
    assertThat(rule.getFilters(1).getRewrite().getPath().getPrefix()).isEqualTo("/");
    assertThat(rule.getFilters(2).getMirror().getNumerator()).isEqualTo(5);
    assertThat(rule.getBackendsList())
        .extracting(b -> b.getWeight() + " " + b.getBackend().getHostname())
        .containsExactly("9 web.shop.svc.cluster.local", "1 v2.shop.svc.cluster.local");
    assertThat(rule.getTimeouts().getBackendRequest().getNanos()).isEqualTo(500_000_000);
    assertThat(rule.getRetry().getCodesList()).containsExactly(503);
    assertThat(rule.getSession().getHeader()).isTrue();
    assertThat(mesh.parentCondition("HTTPRoute", "r", 0, "Accepted")).startsWith("True Accepted");
    assertThat(mesh.parentCondition("HTTPRoute", "r", 0, "ResolvedRefs")).startsWith("True");
    assertThat(mesh.parentCondition("HTTPRoute", "r", 0, "ResolvedWaypoints")).startsWith("True");
  }

  @Test
  void olderRoutesComeFirstThenNames() {
    String spec = "{%s, rules: [{}]}".formatted(PARENT);
    Compiled mesh =
        mesh(
            Yaml.route("b", spec),
            Yaml.route("a", spec),
            Yaml.route("z", spec)
                .replace(
                    "namespace: shop",
                    "namespace: shop, creationTimestamp: \"1960-01-01T00:00:00Z\""));

    assertThat(web(mesh).getPorts(0).getHttpRulesList())
        .extracting(HttpRule::getRoute)
        .containsExactly("shop/z", "shop/a", "shop/b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{parentRefs: [{group: '', kind: Service, name: nope}], rules: []}                    |"
            + " Accepted          | False NoMatchingParent",
        "{parentRefs: [{group: '', kind: Service, name: web, port: 81}], rules: []}           |"
            + " Accepted          | False NoMatchingParent",
        "{parentRefs: [{group: '', kind: Pod, name: web}], rules: []}                         |"
            + " Accepted          | False InvalidKind",
        "{parentRefs: [{group: '', kind: Service, name: v2}], rules: []}                      |"
            + " ResolvedWaypoints | False MissingUseWaypointLabel",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: nope,"
            + " port: 80}]}]} | ResolvedRefs | False BackendNotFound",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: v2,"
            + " port: 9}]}]} | ResolvedRefs | False BackendNotFound",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{kind:"
            + " Secret, name: v2, port: 80}]}]} | ResolvedRefs | False InvalidKind",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: v2,"
            + " namespace: other, port: 80}]}]} | ResolvedRefs | False RefNotPermitted",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{matches: [{path: {type:"
            + " Glob, value: /}}]}]} | Accepted | False UnsupportedValue",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{filterz: []}]}        |"
            + " Accepted          | False UnsupportedValue",
        "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{filters: [{type:"
            + " ExtensionRef}]}]} | Accepted | False UnsupportedValue",
      })
  void whatIsWrongWithARouteIsSaid(String spec, String type, String condition) {
    Compiled mesh = mesh(Yaml.route("r", spec));

    assertThat(mesh.parentCondition("HTTPRoute", "r", 0, type)).startsWith(condition);
  }

  @Test
  void aGrantPermitsAReference() {
    String other =
        Yaml.service("v2", "", "10.1.0.2").replace("namespace: shop", "namespace: other");
    String route =
        Yaml.route(
            "r",
            "{%s, rules: [{backendRefs: [{name: v2, namespace: other, port: 80}]}]}"
                .formatted(PARENT));
    String grant =
        Yaml.object(
                "gateway.networking.k8s.io/v1beta1",
                "ReferenceGrant",
                "g",
                "{from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to:"
                    + " [{group: '', kind: Service}]}")
            .replace("namespace: shop}, spec", "namespace: other}, spec");
    Compiled mesh = mesh(other, route);
    assertThat(backend(mesh)).isEmpty();

    mesh.put(grant);

    assertThat(backend(mesh)).isEqualTo("v2.other.svc.cluster.local");
    assertThat(mesh.parentCondition("HTTPRoute", "r", 0, "ResolvedRefs")).startsWith("True");
  }

  private static String backend(Compiled mesh) {
    return web(mesh).getPorts(0).getHttpRules(0).getBackends(0).getBackend().getHostname();
  }

  @Test
  void aGrpcRouteBecomesPaths() {
    Compiled mesh =
        mesh(
            Yaml.object(
                "gateway.networking.k8s.io/v1",
                "GRPCRoute",
                "r",
                ("{%s, rules: [{matches: [{method: {service: a.B, method: C}}, {method: {service:"
                        + " a.B}}, {method: {method: C}}]}]}")
                    .formatted(PARENT)));

    HttpRule rule = web(mesh).getPorts(0).getHttpRules(0);
    assertThat(rule.getGrpc()).isTrue();
    assertThat(rule.getMatches(0).getPath().getExact()).isEqualTo("/a.B/C");
    assertThat(rule.getMatches(1).getPath().getPrefix()).isEqualTo("/a.B");
    assertThat(rule.getMatches(2).getPath().getRegex()).isEqualTo("/[^/]+/C");
  }

  @Test
  void policiesOfServiceGatewayAndClassApply() {
    String at = "{targetRefs: [{kind: %s, name: %s}], action: DENY, rules: [{}]}";
    Compiled mesh =
        mesh(
            Yaml.policy("on-service", at.formatted("Service", "web")),
            Yaml.policy("on-gateway", at.formatted("Gateway", "wp")),
            Yaml.policy("on-other", at.formatted("Service", "v2")),
            Yaml.policy("on-class", at.formatted("GatewayClass", "istio-waypoint"))
                .replace("namespace: shop", "namespace: istio-system"),
            Yaml.policy("wrong-class", at.formatted("GatewayClass", "istio-waypoint")),
            Yaml.policy("lost", at.formatted("Service", "nope")));

    assertThat(web(mesh).getPoliciesList())
        .extracting(AuthorizationPolicy::getName)
        .containsExactlyInAnyOrder("istio-system/on-class", "shop/on-gateway", "shop/on-service");
    String type = "WaypointAccepted";
    assertThat(mesh.condition("AuthorizationPolicy", "on-service", type)).startsWith("True");
    assertThat(mesh.condition("AuthorizationPolicy", "on-other", type))
        .startsWith("False AncestorNotBound");
    assertThat(mesh.condition("AuthorizationPolicy", "lost", type))
        .startsWith("False TargetNotFound");
    assertThat(mesh.condition("AuthorizationPolicy", "wrong-class", type))
        .startsWith("False Invalid");
  }

  @Test
  void aPolicyKeepsAllItsAttributes() {
    Compiled mesh =
        mesh(
            Yaml.policy(
                "p",
                "{targetRefs: [{kind: Service, name: web}], rules: [{from: [{source: {principals:"
                    + " ['a*'], requestPrincipals: ['*'], serviceAccounts: [web]}}], to:"
                    + " [{operation: {methods: [GET], paths: ['/a/{*}/b/{**}', '/c*'], hosts: [h],"
                    + " ports: ['80']}}], when: [{key: 'request.headers[x]', values: ['*v']}, {key:"
                    + " source.ip, values: [10.0.0.0/8]}]}]}"));

    AuthorizationPolicy.Rule rule = web(mesh).getPolicies(0).getRules(0);
    assertThat(rule.getFrom(0).getPrincipals(0).getPrefix()).isEqualTo("a");
    assertThat(rule.getFrom(0).getRequestPrincipals(0).getPresent()).isTrue();
    assertThat(rule.getFrom(0).getServiceAccountsList()).containsExactly("shop/web");
    assertThat(rule.getTo(0).getPaths(0).getRegex()).isEqualTo("/a/[^/]+/b/.*");
    assertThat(rule.getTo(0).getPaths(1).getPrefix()).isEqualTo("/c");
    assertThat(rule.getTo(0).getPortsList()).containsExactly(80);
    assertThat(rule.getWhen(0).getValues(0).getSuffix()).isEqualTo("v");
    assertThat(rule.getWhen(1).getValues(0).getExact()).isEqualTo("10.0.0.0/8");
  }

  @Test
  void aCustomPolicyNeedsItsProvider() {
    String policy =
        Yaml.policy(
            "p",
            "{targetRefs: [{kind: Service, name: web}], action: CUSTOM, provider: {name: az},"
                + " rules: [{}]}");
    Compiled mesh = mesh(policy);
    assertThat(web(mesh).getPolicies(0).getAction()).isEqualTo(AuthorizationPolicy.Action.DENY);
    assertThat(mesh.condition("AuthorizationPolicy", "p", "WaypointAccepted"))
        .startsWith("False Invalid");

    mesh.put(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: istio, namespace: istio-system}
        data:
          mesh: |
            extensionProviders:
            - name: az
              envoyExtAuthzGrpc: {service: az.shop.svc.cluster.local, port: 9000, timeout: 0.5s}
        """);

    assertThat(web(mesh).getPolicies(0).getAction()).isEqualTo(AuthorizationPolicy.Action.CUSTOM);
    assertThat(web(mesh).getPolicies(0).getProvider().getBackend().getHostname())
        .isEqualTo("az.shop.svc.cluster.local");
  }

  @Test
  void aPodBehindItsAccountsWaypointKeepsTheRulesOfItsService() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "", "10.1.0.1"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
            Yaml.gateway("wp", "", "istio.io/for-service-account: web"),
            Yaml.policy(
                "p",
                "{targetRefs: [{kind: Service, name: web}], rules: [{to: [{operation: {methods:"
                    + " [GET], ports: ['80']}}]}]}"));

    Destination pod = mesh.destination("shop/wp", "Kubernetes//Pod/shop/web-1");
    AuthorizationPolicy policy = pod.getPolicies(0);
    assertThat(pod.getPortsList()).extracting(Port::getPort).containsExactly(0, 8080);
    assertThat(policy.getRules(0).getTo(0).getPortsList()).containsExactly(8080);
    assertThat(policy.getRules(1).getTo(0).getNotPortsList())
        .as("other ports are none of its business")
        .containsExactly(8080);
  }

  @Test
  void whatAPolicyAllowsOnOnePortOfAPodOpensNoPortThatAnotherGuards() {
    Compiled mesh = twoGuardedPorts();

    List<AuthorizationPolicy> policies =
        mesh.destination("shop/wp", "Kubernetes//Pod/shop/web-1").getPoliciesList();

    assertThat(policies)
        .extracting(policy -> policy.getRules(1).getTo(0).getNotPortsList())
        .containsOnly(List.of(8080, 9090))
        .hasSize(2);
    // What holds for all of the Gateway guards every port.
    mesh.put(
        Yaml.policy(
            "all",
            "{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: wp}],"
                + " rules: [{from: [{source: {namespaces: [a]}}]}]}"));
    assertThat(mesh.destination("shop/wp", "Kubernetes//Pod/shop/web-1").getPoliciesList())
        .extracting(AuthorizationPolicy::getRulesCount)
        .containsExactly(1, 1, 1);
  }

  private static Compiled twoGuardedPorts() {
    String ports = "ports: [{name: web, containerPort: 8080}";
    String allow = "{targetRefs: [{kind: Service, name: %s}], rules: [{when: [{%s}]}]}";
    String client = "key: source.namespace, values: [a]";
    return Compiled.of(
        Yaml.service("web", "", "10.1.0.1"),
        Yaml.service("admin", "", "10.1.0.2")
            .replace("app: admin", "app: web")
            .replace("targetPort: web", "targetPort: adm"),
        Yaml.pod("web-1", "app: web", "", "10.0.0.1")
            .replace(ports, ports + ", {name: adm, containerPort: 9090}"),
        Yaml.gateway("wp", "", "istio.io/for-service-account: web"),
        Yaml.policy("p", allow.formatted("web", client)),
        Yaml.policy("q", allow.formatted("admin", client)));
  }

  @Test
  void aConditionOnThePortOfAServiceIsOnThePodsPortToo() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "", "10.1.0.1"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
            Yaml.gateway("wp", "", "istio.io/for-service-account: web"),
            Yaml.policy(
                "p",
                "{action: DENY, targetRefs: [{kind: Service, name: web}], rules: [{when:"
                    + " [{key: destination.port, values: ['80']}]}]}"));

    Destination pod = mesh.destination("shop/wp", "Kubernetes//Pod/shop/web-1");

    assertThat(pod.getPolicies(0).getRules(0).getWhen(0).getValues(0).getExact()).isEqualTo("8080");
  }

  @Test
  void otherKindsForWaypointsArrive() {
    String target = "targetRefs: [{kind: Service, name: web}]";
    Compiled mesh =
        mesh(
            Yaml.object(
                "security.istio.io/v1",
                "RequestAuthentication",
                "j",
                "{%s, jwtRules: [{issuer: i, jwks: '{}', fromHeaders: [{name: x, prefix: p}]}]}"
                    .formatted(target)),
            Yaml.object(
                "networking.istio.io/v1",
                "DestinationRule",
                "d",
                "{host: web, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: u}},"
                    + " connectionPool: {http: {http2MaxRequests: 7}}, outlierDetection:"
                    + " {consecutive5xxErrors: 3}, tunnel: {}}}"),
            Yaml.object(
                "telemetry.istio.io/v1",
                "Telemetry",
                "t",
                "{%s, accessLogging: [{filter: {expression: 'response.code >= 500'}}]}"
                    .formatted(target)),
            Yaml.object(
                "networking.istio.io/v1",
                "VirtualService",
                "f",
                "{hosts: [web], http: [{fault: {delay: {fixedDelay: 2s, percentage: {value: 10}}},"
                    + " route: [{destination: {host: web}}]}]}"),
            Yaml.object(
                "marrow.dev/v1alpha1",
                "RateLimit",
                "l",
                "{%s, local: {tokens: 5, fillInterval: 1s}, per: [source.principal]}"
                    .formatted(target)));

    Destination web = web(mesh);
    assertThat(web.getJwtProviders(0).getFromHeaders(0).getPrefix()).isEqualTo("p");
    assertThat(web.getTraffic().getLoadBalancer().getHashKey().getHeader()).isEqualTo("u");
    assertThat(web.getTraffic().getConnectionPool().getMaxRequests()).isEqualTo(7);
    assertThat(web.getTraffic().getOutlierDetection().getConsecutive5Xx()).isEqualTo(3);
    assertThat(web.getTelemetry().getAccessLogFilter()).isEqualTo("response.code >= 500");
    assertThat(web.getPorts(0).getHttpRules(0).getFault().getDelay().getSeconds()).isEqualTo(2);
    assertThat(web.getPorts(0).getInOrder()).isTrue();
    assertThat(web.getRateLimits(0).getLocal().getTokens()).isEqualTo(5);
    assertThat(mesh.condition("DestinationRule", "d", "WaypointAccepted"))
        .startsWith("False PartiallyInvalid")
        .contains("tunnel");
    assertThat(mesh.condition("VirtualService", "f", "WaypointAccepted")).startsWith("True");
    assertThat(mesh.condition("RequestAuthentication", "j", "WaypointAccepted")).startsWith("True");
  }

  @Test
  void aServiceWantsTlsFromItsWaypoint() {
    Compiled mesh =
        mesh(
            Yaml.object(
                "gateway.networking.k8s.io/v1",
                "BackendTLSPolicy",
                "b",
                "{targetRefs: [{group: '', kind: Service, name: web}], validation: {hostname: h,"
                    + " caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}]}}"),
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: ca, namespace: shop}, data:"
                + " {ca.crt: PEM}}");

    assertThat(web(mesh).getPorts(0).getBackendTls().getHostname()).isEqualTo("h");
    assertThat(web(mesh).getPorts(0).getBackendTls().getCaCertificates()).isEqualTo("PEM");
    assertThat(mesh.ancestorCondition("BackendTLSPolicy", "b", "Accepted")).startsWith("True");
    assertThat(mesh.ancestorCondition("BackendTLSPolicy", "b", "ResolvedRefs")).startsWith("True");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{targetRefs: [{group: '', kind: Service, name: web}], validation: {hostname: h,"
            + " caCertificateRefs: [{group: '', kind: ConfigMap, name: nope}]}} | Accepted | False"
            + " NoValidCACertificate",
        "{targetRefs: [{group: '', kind: Service, name: web}], validation: {hostname: h,"
            + " caCertificateRefs: [{group: '', kind: ConfigMap, name: nope}]}} | ResolvedRefs |"
            + " False InvalidCACertificateRef",
        "{targetRefs: [{group: '', kind: Service, name: web}], validation: {hostname: h,"
            + " caCertificateRefs: [{group: '', kind: Secret, name: ca}]}} | Accepted | False"
            + " Invalid",
        "{targetRefs: [{group: '', kind: Service, name: gone}], validation: {hostname: h,"
            + " wellKnownCACertificates: System}} | Accepted | False TargetNotFound",
      })
  void whatIsWrongWithABackendTlsPolicyIsSaidAndNoBackendIsTrusted(
      String spec, String type, String condition) {
    Compiled mesh =
        mesh(Yaml.object("gateway.networking.k8s.io/v1", "BackendTLSPolicy", "b", spec));

    assertThat(mesh.ancestorCondition("BackendTLSPolicy", "b", type)).startsWith(condition);
    if (spec.contains("name: web")) {
      assertThat(web(mesh).getPorts(0).hasBackendTls()).isTrue();
      assertThat(web(mesh).getPorts(0).getBackendTls().getCaCertificates()).isEmpty();
      assertThat(web(mesh).getPorts(0).getBackendTls().getSystemRoots()).isFalse();
    }
  }

  @Test
  void theOlderOfTwoBackendTlsPoliciesHolds() {
    String spec =
        "{targetRefs: [{group: '', kind: Service, name: web}], validation: {hostname: %s,"
            + " wellKnownCACertificates: System}}";
    String api = "gateway.networking.k8s.io/v1";
    Compiled mesh =
        mesh(
            Yaml.object(api, "BackendTLSPolicy", "a", spec.formatted("first")),
            Yaml.object(api, "BackendTLSPolicy", "b", spec.formatted("second")));

    assertThat(web(mesh).getPorts(0).getBackendTls().getHostname()).isEqualTo("first");
    assertThat(mesh.ancestorCondition("BackendTLSPolicy", "b", "Accepted"))
        .startsWith("False Conflicted");
  }

  @Test
  void routesOfAServiceWithSeveralWaypointsHoldOnItsPods() {
    Compiled mesh =
        Compiled.of(
            Yaml.service("web", "", "10.1.0.1"),
            Yaml.service("v2", "", "10.1.0.2"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
            Yaml.pod("other-1", "app: web", "", "10.0.0.2"),
            Yaml.gateway("wp", "", "istio.io/for-service-account: web"),
            Yaml.gateway("wp2", "", "istio.io/for-service-account: other"),
            Yaml.route(
                "r",
                "{%s, rules: [{backendRefs: [{name: web, port: 80, weight: 9}, {name: v2, port: 80, weight: 1}]}]}"
                    .formatted(PARENT)));

    Port port =
        mesh.destination("shop/wp", "Kubernetes//Pod/shop/web-1").getPortsList().stream()
            .filter(p -> p.getPort() == 8080)
            .findFirst()
            .orElseThrow();
    assertThat(port.getRouted()).isTrue();
    assertThat(port.getHttpRules(0).getBackends(0).getBackend().getOriginalWorkload()).isTrue();
    assertThat(port.getHttpRules(0).getBackends(1).getBackend().getHostname()).startsWith("v2.");
  }

  @Test
  void aVirtualServiceChangesHeadersOfAllRequests() {
    Compiled mesh =
        mesh(
            Yaml.object(
                "networking.istio.io/v1",
                "VirtualService",
                "f",
                "{hosts: [web], http: [{headers: {request: {set: {x-a: b}}, response: {remove:"
                    + " [server]}}}]}"));

    Port port = web(mesh).getPorts(0);
    assertThat(port.getHttpRules(0).getFilters(0).getRequestHeaders().getSet(0).getName())
        .isEqualTo("x-a");
    assertThat(port.getHttpRules(0).getFilters(1).getResponseHeaders().getRemove(0))
        .isEqualTo("server");
  }

  @Test
  void aGlobalRateLimitNamesItsService() {
    Compiled mesh =
        mesh(
            Yaml.object(
                "marrow.dev/v1alpha1",
                "RateLimit",
                "l",
                "{targetRefs: [{group: '', kind: Service, name: web}], global: {host:"
                    + " rls.limits.svc.cluster.local, port: 8081, domain: shop, failOpen: false},"
                    + " per: ['request.header:x-user']}"));

    GlobalRateLimit limit = web(mesh).getRateLimits(0).getGlobal();
    assertThat(limit.getService().getNamespace()).isEqualTo("limits");
    assertThat(limit.getDomain()).isEqualTo("shop");
    assertThat(limit.getFailOpen()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DestinationRule | {host: web, trafficPolicy: {loadBalancer: {localityLbSetting:"
            + " {distribute: [{from: a, to: {b: 60, c: 60}}]}}}} | Accepted | 120",
        "DestinationRule | {host: web, trafficPolicy: {loadBalancer: {localityLbSetting: {failover:"
            + " [{from: eu, to: eu}]}}}} | Accepted | failover",
        "DestinationRule | {host: web, trafficPolicy: {loadBalancer: {localityLbSetting: {failover:"
            + " [{from: eu/a, to: us}]}}}} | Accepted | from",
        "DestinationRule | {host: web, trafficPolicy: {loadBalancer: {localityLbSetting:"
            + " {failoverPriority: [team]}}}} | Accepted | failoverPriority",
        "VirtualService | {hosts: [web], http: [{match: [{sourceLabels: {a: b}}], fault: {abort:"
            + " {httpStatus: 500}}}]} | WaypointAccepted | sourceLabels",
        "VirtualService | {hosts: [web], http: [{delegate: {name: x}}]} | WaypointAccepted |"
            + " delegate",
        "VirtualService | {hosts: [web], http: [{retries: {retryOn: sometimes}}]} | Accepted |"
            + " sometimes",
        "VirtualService | {hosts: [web], http: [{match: [{uri: {exact: a}}]}]} | Accepted | slash",
      })
  void whatAnIstioObjectWantsInVainIsSaid(String kind, String spec, String type, String field) {
    Compiled mesh = mesh(Yaml.object("networking.istio.io/v1", kind, "o", spec));

    assertThat(mesh.condition(kind, "o", type)).startsWith("False").contains(field);
  }
}
