package dev.marrow.mesh.file;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.service;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.GatewayAddress;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing.Mode;
import dev.marrow.mesh.workload.LoadBalancing.Scope;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.ServiceKey;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class MeshJsonTest {
  private static final GatewayAddress WAYPOINT =
      new GatewayAddress.AtService(ServiceKey.parse("shop/waypoint"), 15009);
  private static final GatewayAddress GATEWAY =
      new GatewayAddress.AtAddress(NetworkAddress.parse("n2/10.0.0.9"), 15008);

  private final TestMesh mesh =
      new TestMesh()
          .put(
              workload("web")
                  .namespace("shop")
                  .at("10.0.0.1", "fd00::1")
                  .hostname("h")
                  .network("n")
                  .cluster("c")
                  .node("n1")
                  .in("r", "z", "s")
                  .nativeTunnel()
                  .applicationTunnel(new ApplicationTunnel.Plain(15088))
                  .waypoint(WAYPOINT)
                  .networkGateway(GATEWAY)
                  .backs("shop/web", 80, 8080)
                  .policies("root/strict")
                  .capacity(3),
              workload("plain").plain().onHostNetwork().unhealthy(),
              service("shop/web")
                  .vips("/10.1.0.1", "n2/10.1.0.2")
                  .blocks("n/10.2.0.0/16")
                  .ports(80, 8080)
                  .subjectAltNames("spiffe://a/ns/b/sa/c", "dns.example")
                  .waypoint(WAYPOINT)
                  .weighted(GATEWAY, 2)
                  .mode(Mode.FAILOVER, Scope.NETWORK, Scope.SUBZONE)
                  .ipFamilies(IpFamilies.IPV6_ONLY)
                  .hidden(),
              policy(
                  "root/strict",
                  PolicyScope.WORKLOAD_SELECTOR,
                  PolicyAction.DENY,
                  TestMesh.anonymous()),
              policy("root/all", PolicyScope.GLOBAL, PolicyAction.ALLOW, everything()));

  @Test
  void whatIsWrittenIsReadBackEqual() throws LocalFileException {
    ObjectNode json = MeshJson.view(mesh.current());
    json.remove("stagedServices");

    MeshView read = LocalFile.parse("dump", json.toPrettyString()).current();

    assertThat(read.workloads()).containsExactlyInAnyOrderElementsOf(mesh.current().workloads());
    assertThat(read.services()).containsExactlyInAnyOrderElementsOf(mesh.current().services());
    assertThat(read.policies()).containsExactlyInAnyOrderElementsOf(mesh.current().policies());
  }

  @Test
  void aWorkloadHasTheKeysThatIstioctlReads() {
    ObjectNode json =
        MeshJson.workload(mesh.current().workload("Kubernetes//Pod/shop/web").orElseThrow());

    assertThat(json.at("/protocol").asString()).isEqualTo("HBONE");
    assertThat(json.at("/waypoint/destination").asString()).isEqualTo("shop/waypoint");
    assertThat(json.at("/waypoint/hboneMtlsPort").asInt()).isEqualTo(15009);
    assertThat(json.at("/locality/zone").asString()).isEqualTo("z");
    assertThat(json.at("/services/shop~1web/80").asInt()).isEqualTo(8080);
    assertThat(json.at("/status").asString()).isEqualTo("Healthy");
    assertThat(json.at("/workloadType").asString()).isEqualTo("deployment");
  }

  @Test
  void aServiceShowsItsEndpoints() {
    ObjectNode json =
        MeshJson.service(mesh.current().service("shop", "web").orElseThrow(), mesh.current());

    String endpoint = "/endpoints/Kubernetes~1~1Pod~1shop~1web";
    assertThat(json.at(endpoint + "/workloadUid").asString()).isEqualTo("Kubernetes//Pod/shop/web");
    assertThat(json.at(endpoint + "/port/80").asInt()).isEqualTo(8080);
    assertThat(json.at("/vips/1").asString()).isEqualTo("n2/10.1.0.2");
  }

  @Test
  void endpointsWithoutTheirServiceAreShownAsStaged() {
    mesh.put(workload("early").backs("shop/later", 80, 80));

    assertThat(MeshJson.view(mesh.current()).at("/stagedServices/shop~1later").isEmpty()).isFalse();
  }

  @Test
  void damagedFilesAreReadOrRefusedAndNothingElseIsThrown() {
    char[] whole = MeshJson.view(mesh.current()).toPrettyString().toCharArray();
    char[] letters = "{}[]:,\"'-&*!|> \n\tax019/.#%@`~".toCharArray();
    Random random = new Random(5);
    int refused = 0;

    for (int round = 0; round < 3_000; round++) {
      char[] text = whole.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        text[random.nextInt(text.length)] = letters[random.nextInt(letters.length)];
      }
      int length = random.nextInt(5) == 0 ? random.nextInt(text.length) : text.length;
      try {
        LocalFile.parse("f", new String(Arrays.copyOf(text, length)));
      } catch (LocalFileException e) {
        refused++;
      }
    }

    assertThat(refused).isBetween(500, 3_000);
  }

  private static Match everything() {
    return new Match(
        new Criterion<>(
            List.of(new StringMatch.Exact("a"), new StringMatch.Prefix("b")),
            List.of(new StringMatch.Suffix("c"))),
        Criterion.any(List.of(new StringMatch.Present())),
        Criterion.any(List.of(Cidr.parse("10.0.0.0/8"))),
        Criterion.none(List.of(Cidr.parse("fd00::/8"))),
        new Criterion<>(List.of(80), List.of(81)),
        TestMesh.account("x", "y").accounts());
  }
}
