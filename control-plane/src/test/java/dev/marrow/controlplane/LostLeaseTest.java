package dev.marrow.controlplane;

import static dev.marrow.controlplane.TestCluster.DEPLOYMENTS;
import static dev.marrow.controlplane.TestCluster.GATEWAYS;
import static dev.marrow.controlplane.TestCluster.PODS;
import static dev.marrow.controlplane.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A leader whose lease somebody else has taken. */
class LostLeaseTest {
  private static final String LEASE = "/leases/marrow-control-plane-leader";

  @TempDir Path home;
  private TestCluster cluster;
  private ControlPlane plane;

  @BeforeEach
  void start() throws Exception {
    cluster = TestCluster.start(home);
    plane = cluster.run("one");
    await(() -> !cluster.root("shop").isEmpty());
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void itWritesNoMoreServesOnAndMakesUpForItWhenItLeadsAgain() throws Exception {
    // Somebody else has it, and renews it each time we look.
    cluster.fake.answers(request ->
        request.method().equals("GET") && request.path().endsWith(LEASE)
            ? Optional.of(held(System.nanoTime()))
            : Optional.empty());
    await(() -> metric("marrow_leader") == 0);
    double known = metric("marrow_objects");
    int before = plane.tables().size(ResourceType.ADDRESS);

    cluster.put(GATEWAYS, Yaml.gateway("wp", "", ""));
    await(() -> metric("marrow_objects") > known);
    cluster.put(PODS, Yaml.pod("web-2", "app: web", "", "10.0.0.2"));
    await(() -> plane.tables().size(ResourceType.ADDRESS) > before);
    assertThat(cluster.fake.get(DEPLOYMENTS, "shop/wp")).isEmpty();
    assertThat(cluster.condition(GATEWAYS, "shop/wp", "Accepted")).isEmpty();

    cluster.fake.answers(request -> Optional.empty());
    await(() -> cluster.fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    await(() -> cluster.condition(GATEWAYS, "shop/wp", "Accepted").equals("True"));
  }

  private static JsonNode held(long renewed) {
    return JsonMapper.shared()
        .readTree(
            "{\"spec\": {\"holderIdentity\": \"two\", \"renewTime\": \"%d\"}}".formatted(renewed));
  }

  private double metric(String name) {
    return TestCluster.page(plane, "metrics", "/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}
