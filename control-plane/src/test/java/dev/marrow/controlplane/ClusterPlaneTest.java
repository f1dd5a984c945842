package dev.marrow.controlplane;

import static dev.marrow.controlplane.TestCluster.DEPLOYMENTS;
import static dev.marrow.controlplane.TestCluster.GATEWAYS;
import static dev.marrow.controlplane.TestCluster.GATEWAY_API;
import static dev.marrow.controlplane.TestCluster.MAPS;
import static dev.marrow.controlplane.TestCluster.NAMESPACES;
import static dev.marrow.controlplane.TestCluster.PODS;
import static dev.marrow.controlplane.TestCluster.ROUTES;
import static dev.marrow.controlplane.TestCluster.SERVICES;
import static dev.marrow.controlplane.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The whole control plane on an API server made for tests. */
class ClusterPlaneTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  @TempDir Path home;
  private TestCluster cluster;
  private FakeApiServer fake;
  private List<ControlPlane> planes = List.of();

  @BeforeEach
  void start() throws Exception {
    cluster = TestCluster.start(home);
    fake = cluster.fake;
    planes = cluster.planes;
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aGatewayBecomesAWaypointWithStatusAndGoesAgain() throws Exception {
    cluster.run("one");
    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));

    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    JsonNode pod = fake.get(DEPLOYMENTS, "shop/wp").orElseThrow().at("/spec/template/spec");
    assertThat(pod.at("/containers/0/image").stringValue()).isEqualTo("marrow/waypoint:1");
    assertThat(pod.at("/containers/0/env").toString())
        .contains("XDS_ADDRESS", "AUTH_TOKEN", "INSTANCE_IP", "GATEWAY_NAME");
    assertThat(pod.at("/containers/0/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    await(() -> cluster.condition(GATEWAYS, "shop/wp", "Accepted").equals("True"));
    await(() -> fake.get("/apis/policy/v1/poddisruptionbudgets", "shop/wp").isPresent());
    await(() ->
        cluster
            .condition(GATEWAY_API + "gatewayclasses", "marrow-waypoint", "Accepted")
            .equals("True"));

    fake.delete(GATEWAYS, "shop/wp");
    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isEmpty());
    assertThat(fake.get(SERVICES, "shop/web")).isPresent();
  }

  @Test
  void aWaypointStaysWhoseGatewayCannotBeUnderstoodAfterARestart() throws Exception {
    ControlPlane first = cluster.run("one");
    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));
    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    cluster.put(GATEWAYS, Yaml.gateway("wp", "", "marrow.dev/placement: nodee"));
    await(() -> cluster.condition(GATEWAYS, "shop/wp", "Accepted").equals("False"));
    planes.remove(first);
    first.close();
    cluster.put(
        SERVICES,
        Yaml.service(
            "zz", "app.kubernetes.io/managed-by: marrow, istio.io/rev: default", "10.1.0.7"));

    cluster.run("two");

    await(() -> fake.get(SERVICES, "shop/zz").isEmpty());
    assertThat(fake.get(DEPLOYMENTS, "shop/wp")).isPresent();
    assertThat(fake.get(SERVICES, "shop/wp")).isPresent();
  }

  @Test
  void everyNamespaceFindsTheRootsAndOthersConfigMapsStay() throws Exception {
    cluster.run("one");
    await(() -> cluster.root("shop").startsWith("-----BEGIN CERTIFICATE"));

    cluster.put(NAMESPACES, Yaml.namespace("late", ""));
    await(() -> cluster.root("late").equals(cluster.root("shop")));

    // Perhaps before a watch told of it.
    fake.delete(MAPS, "late/istio-ca-root-cert");
    await(() -> cluster.root("late").equals(cluster.root("shop")));
  }

  @Test
  void parentsOfOtherControllersStayInARoutesStatus() throws Exception {
    fake.put(
        ROUTES,
        YAML.readTree(Yaml.route("r", "{parentRefs: [{group: '', kind: Service, name: web}]}"))
            .toString()
            .replaceFirst(
                "}$",
                ",\"status\":{\"parents\":[{\"controllerName\":\"other\",\"parentRef\":{\"name\":\"x\"}}]}}"));
    cluster.run("one");

    await(() -> parents().size() == 2);
    assertThat(parents().get(0).path("controllerName").stringValue()).isEqualTo("other");
    assertThat(parents().get(1).at("/conditions/0/type").stringValue()).isEqualTo("Accepted");
  }

  @Test
  void whatIsSaidAlreadyIsNotWrittenAgain() throws Exception {
    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));
    cluster.run("one");
    await(() -> cluster.condition(GATEWAYS, "shop/wp", "Accepted").equals("True"));
    await(() -> planes.getFirst().tables().size(ResourceType.ADDRESS) > 0);
    planes.removeFirst().close();
    long before = fake.count("PATCH", "/wp/status");

    cluster.run("two");
    cluster.put(GATEWAYS, Yaml.gateway("wp2", "", ""));

    await(() -> cluster.condition(GATEWAYS, "shop/wp2", "Accepted").equals("True"));
    assertThat(fake.count("PATCH", "/wp/status")).isEqualTo(before);
  }

  @Test
  void ofTwoReplicasOneWritesAndTheOtherTakesOver() throws Exception {
    cluster.run("one");
    await(() -> !cluster.root("shop").isEmpty());
    cluster.run("two");
    planes.removeFirst().close();

    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));

    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    assertThat(planes.getFirst().tables().size(ResourceType.ADDRESS)).isPositive();
  }

  @Test
  void anApiServerThatFailsLeavesWhatIsServed() throws Exception {
    cluster.run("one");
    int served = planes.getFirst().tables().size(ResourceType.ADDRESS);
    assertThat(served).isEqualTo(2);

    fake.faults(request -> Optional.of(Fault.code(503)));
    fake.hangUp();
    await(() -> fake.count("GET", "/api/v1/pods") > 5);
    assertThat(planes.getFirst().tables().size(ResourceType.ADDRESS)).isEqualTo(served);

    fake.faults(request -> Optional.empty());
    cluster.put(PODS, Yaml.pod("web-2", "app: web", "", "10.0.0.2"));
    await(() -> planes.getFirst().tables().size(ResourceType.ADDRESS) == served + 1);
  }

  @Test
  void gatewaysOfAnotherRevisionAreNotOurs() throws Exception {
    cluster.put(GATEWAYS, Yaml.gateway("theirs", "istio.io/rev: canary", ""));
    cluster.put(GATEWAYS, Yaml.gateway("ours", "", ""));
    cluster.run("one");

    await(() -> cluster.condition(GATEWAYS, "shop/ours", "Accepted").equals("True"));
    assertThat(cluster.condition(GATEWAYS, "shop/theirs", "Accepted")).isEmpty();
    assertThat(fake.get(DEPLOYMENTS, "shop/theirs")).isEmpty();
  }

  // --------------------------------------------------------------------------------------------

  private JsonNode parents() {
    return fake.get(ROUTES, "shop/r").orElseThrow().at("/status/parents");
  }
}
