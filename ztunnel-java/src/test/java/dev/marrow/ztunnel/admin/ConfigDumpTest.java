package dev.marrow.ztunnel.admin;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.file.LocalFile;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.ServiceKey;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shape istioctl reads, key by key. */
class ConfigDumpTest {
  private static final String SHOP = "default/shop.default.svc.cluster.local";

  private final TestMesh mesh =
      new TestMesh()
          .put(
              workload("shop-1")
                  .at("10.0.0.1")
                  .node("n1")
                  .in("r", "z", "s")
                  .backs(SHOP, 80, 8080)
                  .waypoint(
                      new GatewayAddress.AtService(
                          ServiceKey.parse("default/waypoint.default.svc.cluster.local"), 15008))
                  .policies("default/p"),
              service(SHOP).vips("/10.9.0.1").ports(80, 8080),
              policy("default/p", PolicyScope.NAMESPACE, PolicyAction.DENY, principals("x")));

  private static JsonNode json(Object value) {
    return new JsonMapper().readTree(Json.write(value));
  }

  @Test
  void workloads() {
    JsonNode shop = json(ConfigDump.workloads(mesh.current())).get(0);

    assertThat(shop.at("/uid").asString()).isEqualTo("Kubernetes//Pod/default/shop-1");
    assertThat(shop.at("/workloadIps/0").asString()).isEqualTo("10.0.0.1");
    assertThat(shop.at("/protocol").asString()).isEqualTo("HBONE");
    assertThat(shop.at("/status").asString()).isEqualTo("Healthy");
    assertThat(shop.at("/trustDomain").asString()).isEqualTo("cluster.local");
    assertThat(shop.at("/locality/zone").asString()).isEqualTo("z");
    assertThat(shop.at("/waypoint/destination").asString())
        .isEqualTo("default/waypoint.default.svc.cluster.local");
    assertThat(shop.at("/waypoint/hboneMtlsPort").asInt()).isEqualTo(15008);
    assertThat(shop.at("/authorizationPolicies/0").asString()).isEqualTo("default/p");
    assertThat(shop.at("/services/0").asString()).isEqualTo(SHOP);
    assertThat(shop.has("networkGateway")).isFalse();
  }

  @Test
  void services() {
    JsonNode shop = json(ConfigDump.services(mesh.current())).get(0);

    assertThat(shop.at("/vips/0").asString()).isEqualTo("/10.9.0.1");
    assertThat(shop.at("/ports/80").asInt()).isEqualTo(8080);
    assertThat(shop.at("/loadBalancer/mode").asString()).isEqualTo("Standard");
    JsonNode endpoint = shop.at("/endpoints").get("Kubernetes//Pod/default/shop-1");
    assertThat(endpoint.at("/status").asString()).isEqualTo("Healthy");
    assertThat(endpoint.at("/port/80").asInt()).isEqualTo(8080);
  }

  @Test
  void wordsOfServicesAreThoseOfTheLocalFile() throws Exception {
    String file =
        """
        workloads: []
        policies: []
        services:
        - {name: v4, namespace: default, hostname: v4.default.svc.cluster.local, vips: [], ports: {},
           ipFamilies: IPv4,
           loadBalancer: {mode: Failover, routingPreferences: [Network, Subzone], healthPolicy: AllowAll}}
        """;

    JsonNode service =
        json(ConfigDump.services(LocalFile.parse("mesh.yaml", file).current())).get(0);

    assertThat(service.at("/ipFamilies").asString()).isEqualTo("IPv4");
    assertThat(service.at("/loadBalancer/routingPreferences/1").asString()).isEqualTo("Subzone");
    assertThat(json(ConfigDump.services(mesh.current())).get(0).has("ipFamilies")).isFalse();
  }

  @Test
  void policies() {
    JsonNode policy = json(PolicyDump.policies(mesh.current())).get(0);

    assertThat(policy.at("/scope").asString()).isEqualTo("Namespace");
    assertThat(policy.at("/action").asString()).isEqualTo("Deny");
    assertThat(policy.at("/rules/0/0/0/principals/0/Exact").asString()).isEqualTo("x");
  }
}
