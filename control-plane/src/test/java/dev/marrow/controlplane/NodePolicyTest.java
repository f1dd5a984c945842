package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Rule;
import dev.marrow.proto.security.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AuthorizationPolicies for node proxies: a test per row. */
class NodePolicyTest {
  private static Authorization policy(String spec) {
    return Compiled.of(Yaml.policy("p", spec)).policy("shop/p");
  }

  private static String rules(String spec) {
    return policy(spec).getRulesList().stream()
        .map(rule -> TextFormat.printer().emittingSingleLine(true).printToString(rule))
        .toList()
        .toString()
        .replaceAll(" +", " ");
  }

  @Test
  void theScopeFollowsNamespaceAndSelector() {
    Compiled mesh =
        Compiled.of(
            Yaml.policy("g", "{}").replace("namespace: shop", "namespace: istio-system"),
            Yaml.policy("n", "{}"),
            Yaml.policy("s", "{selector: {matchLabels: {app: web}}}"),
            Yaml.policy("gs", "{selector: {matchLabels: {app: web}}}")
                .replace("namespace: shop", "namespace: istio-system"),
            Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
            Yaml.pod("api-1", "app: api", "", "10.0.0.2"));

    assertThat(mesh.policy("istio-system/g").getScope()).isEqualTo(Scope.GLOBAL);
    assertThat(mesh.policy("shop/n").getScope()).isEqualTo(Scope.NAMESPACE);
    assertThat(mesh.policy("shop/s").getScope()).isEqualTo(Scope.WORKLOAD_SELECTOR);
    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList())
        .containsExactly("istio-system/gs", "shop/s");
    assertThat(mesh.pod("api-1").getAuthorizationPoliciesList()).isEmpty();
  }

  @Test
  void aRuleWithoutConditionsMatchesEverything() {
    Authorization policy =
        Compiled.of(Yaml.policy("p", "{action: DENY, rules: [{}]}")).policy("shop/p");

    assertThat(policy.getRulesList()).containsExactly(Rule.getDefaultInstance());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                         | []",
        "{rules: [{from: [{source: {principals: ['*', 'a*', '*b', c]}}]}]} | [clauses { matches { principals { presence { } } principals { prefix: \"a\" } principals { suffix: \"b\" } principals { exact: \"c\" } } }]",
        "{rules: [{from: [{source: {notPrincipals: [a]}}, {source: {namespaces: [x], notNamespaces: [y]}}]}]} | [clauses { matches { not_principals { exact: \"a\" } } matches { namespaces { exact: \"x\" } not_namespaces { exact: \"y\" } } }]",
        "{rules: [{from: [{source: {serviceAccounts: [web, a/b], notServiceAccounts: [c]}}]}]} | [clauses { matches { service_accounts { namespace: \"shop\" serviceAccount: \"web\" } service_accounts { namespace: \"a\" serviceAccount: \"b\" } not_service_accounts { namespace: \"shop\" serviceAccount: \"c\" } } }]",
        "{rules: [{from: [{source: {ipBlocks: [10.0.0.0/8]}}], to: [{operation: {ports: ['80'], notPorts: ['81']}}]}]} | [clauses { matches { source_ips { address: \"\\n\\000\\000\\000\" length: 8 } } } clauses { matches { destination_ports: 80 not_destination_ports: 81 } }]",
        "{rules: [{when: [{key: destination.port, values: ['80']}, {key: source.namespace, notValues: [x]}]}]} | [clauses { matches { destination_ports: 80 } } clauses { matches { not_namespaces { exact: \"x\" } } }]",
        "{rules: [{when: [{key: source.ip, values: [1.2.3.4]}, {key: destination.ip, notValues: [1.2.3.4]}]}]} | [clauses { matches { source_ips { address: \"\\001\\002\\003\\004\" length: 32 } } } clauses { matches { not_destination_ips { address: \"\\001\\002\\003\\004\" length: 32 } } }]",
      })
  void eachAttributeBecomesAMatch(String spec, String rules) {
    assertThat(rules(spec)).isEqualTo(rules);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALLOW | {to: [{operation: {methods: [GET]}}]}                                               | []",
        "ALLOW | {from: [{source: {namespaces: [x]}}], to: [{operation: {paths: [/a]}}]}             | []",
        "ALLOW | {when: [{key: 'request.headers[x]', values: [y]}]}                                  | []",
        "DENY  | {to: [{operation: {methods: [GET]}}]}                                               | []",
        "DENY  | {from: [{source: {namespaces: [x]}}], to: [{operation: {methods: [GET]}}]}          | [clauses { matches { namespaces { exact: \"x\" } } }]",
        "DENY  | {to: [{operation: {hosts: [h], ports: ['80']}}]}                                    | [clauses { matches { destination_ports: 80 } }]",
        "DENY  | {from: [{source: {requestPrincipals: ['*'], namespaces: [x]}}]}                     | [clauses { matches { namespaces { exact: \"x\" } } }]",
      })
  void whatOnlyHttpKnowsMakesAPolicyStricter(String action, String rule, String rules) {
    String spec = "{action: %s, rules: [%s]}".formatted(action, rule);

    assertThat(rules(spec)).isEqualTo(rules);
    assertThat(
            Compiled.of(Yaml.policy("p", spec))
                .condition("AuthorizationPolicy", "p", "ZtunnelAccepted"))
        .startsWith("False PartiallyInvalid");
  }

  @Test
  void theGoodRuleBesideStays() {
    Authorization policy =
        policy(
            "{action: DENY, rules: [{from: [{source: {namespaces: [x]}}]}, {to: [{operation: {methods: [GET]}}]}]}");

    assertThat(policy.getRulesCount()).isEqualTo(1);
    assertThat(policy.getAction()).isEqualTo(Action.DENY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{targetRefs: [{kind: Service, name: web}]} | WaypointAccepted",
        "{action: CUSTOM, provider: {name: x}}      | ZtunnelAccepted",
        "{action: AUDIT}                            | ZtunnelAccepted",
      })
  void whatNodeProxiesCannotDoIsNotSentToThem(String spec, String condition) {
    Compiled mesh = Compiled.of(Yaml.policy("p", spec));

    assertThat(mesh.names(ResourceType.AUTHORIZATION, "")).isEmpty();
    assertThat(mesh.condition("AuthorizationPolicy", "p", condition)).startsWith("False");
  }

  @Test
  void aDryRunIsNotSent() {
    Compiled mesh =
        Compiled.of(
            Yaml.policy("p", "{}")
                .replace(
                    "namespace: shop",
                    "namespace: shop, annotations: {istio.io/dry-run: \"true\"}"));

    assertThat(mesh.names(ResourceType.AUTHORIZATION, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{action: BLOCK}                                          | spec.action: 'BLOCK' (expected: one of",
        "{rulez: []}                                              | spec.rulez: unknown field",
        "{rules: [{from: [{source: {principal: [a]}}]}]}          | spec.rules[0].from[0].source.principal: unknown field",
        "{rules: [{from: [{source: {ipBlocks: [x]}}]}]}           | ipBlocks: 'x' (expected: an address or a block)",
        "{rules: [{to: [{operation: {ports: ['http']}}]}]}        | ports: 'http' (expected: a port)",
        "{rules: [{when: [{key: source.foo, values: [a]}]}]}      | key: 'source.foo'",
        "{rules: x}                                               | spec.rules: expected: a list",
        "{selector: {matchLabels: {a: b}}, targetRefs: [{kind: Service, name: a}]} | spec.selector: with targetRefs",
      })
  void aBadPolicyIsSaidAndItsLastGoodVersionStays(String spec, String message) {
    Compiled mesh = Compiled.of(Yaml.policy("p", "{action: DENY, rules: [{}]}"));
    Authorization good = mesh.policy("shop/p");

    mesh.put(Yaml.policy("p", spec));

    String type = spec.contains("targetRefs") ? "WaypointAccepted" : "ZtunnelAccepted";
    assertThat(mesh.policy("shop/p")).isEqualTo(good);
    assertThat(mesh.condition("AuthorizationPolicy", "p", type))
        .startsWith("False Invalid")
        .contains(message);

    mesh.put(Yaml.policy("p", "{}"));
    assertThat(mesh.condition("AuthorizationPolicy", "p", "ZtunnelAccepted"))
        .startsWith("True Accepted");
    mesh.remove("AuthorizationPolicy", "shop", "p");
    assertThat(mesh.statuses()).isEmpty();
    assertThat(mesh.versions("")).isEmpty();
  }
}
