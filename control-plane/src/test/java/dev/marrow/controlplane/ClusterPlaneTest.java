package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.controlplane.settings.Settings;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer.Fault;
import dev.marrow.resources.kubernetes.MeshKinds;
import dev.marrow.resources.kubernetes.WatchedKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The whole control plane on an API server made for tests. */
class ClusterPlaneTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String GATEWAY_API = "/apis/gateway.networking.k8s.io/v1/";
  private static final String GATEWAYS = GATEWAY_API + "gateways";
  private static final String ROUTES = GATEWAY_API + "httproutes";
  private static final String DEPLOYMENTS = "/apis/apps/v1/deployments";
  private static final String MAPS = "/api/v1/configmaps";
  private static final String SERVICES = "/api/v1/services";

  @TempDir Path home;
  private final List<ControlPlane> planes = new ArrayList<>();
  private FakeApiServer fake;

  @BeforeEach
  void start() throws Exception {
    List<String> collections = new ArrayList<>();
    MeshKinds.all().forEach(kind -> collections.add(collection(kind.group(), kind)));
    collections.addAll(
        List.of(
            DEPLOYMENTS,
            "/apis/policy/v1/poddisruptionbudgets",
            "/apis/autoscaling/v2/horizontalpodautoscalers",
            "/api/v1/secrets",
            "/apis/coordination.k8s.io/v1/leases",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"));
    fake = FakeApiServer.start(collections.toArray(String[]::new));
    put("/api/v1/namespaces", Yaml.namespace("shop", ""));
    put("/api/v1/pods", Yaml.pod("web-1", "app: web", "", "10.0.0.1"));
    put(SERVICES, Yaml.service("web", "", "10.1.0.1"));
  }

  @AfterEach
  void stop() {
    planes.forEach(ControlPlane::close);
    fake.close();
  }

  @Test
  void aGatewayBecomesAWaypointWithStatusAndGoesAgain() throws Exception {
    run("one");
    put(GATEWAYS, Yaml.gateway("wp", "", ""));

    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    JsonNode pod = fake.get(DEPLOYMENTS, "shop/wp").orElseThrow().at("/spec/template/spec");
    assertThat(pod.at("/containers/0/image").stringValue()).isEqualTo("marrow/waypoint:1");
    assertThat(pod.at("/containers/0/env").toString())
        .contains("XDS_ADDRESS", "AUTH_TOKEN", "INSTANCE_IP", "GATEWAY_NAME");
    assertThat(pod.at("/containers/0/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    await(() -> condition(GATEWAYS, "shop/wp", "Accepted").equals("True"));
    await(() -> fake.get("/apis/policy/v1/poddisruptionbudgets", "shop/wp").isPresent());
    await(() ->
        condition(GATEWAY_API + "gatewayclasses", "marrow-waypoint", "Accepted").equals("True"));

    fake.delete(GATEWAYS, "shop/wp");
    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isEmpty());
    assertThat(fake.get(SERVICES, "shop/web")).isPresent();
  }

  @Test
  void everyNamespaceFindsTheRootsAndOthersConfigMapsStay() throws Exception {
    run("one");
    await(() -> root("shop").startsWith("-----BEGIN CERTIFICATE"));

    put("/api/v1/namespaces", Yaml.namespace("late", ""));
    await(() -> root("late").equals(root("shop")));

    fake.delete(MAPS, "shop/istio-ca-root-cert");
    await(() -> root("shop").equals(root("late")));
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
    run("one");

    await(() -> parents().size() == 2);
    assertThat(parents().get(0).path("controllerName").stringValue()).isEqualTo("other");
    assertThat(parents().get(1).at("/conditions/0/type").stringValue()).isEqualTo("Accepted");
  }

  @Test
  void whatIsSaidAlreadyIsNotWrittenAgain() throws Exception {
    put(GATEWAYS, Yaml.gateway("wp", "", ""));
    run("one");
    await(() -> condition(GATEWAYS, "shop/wp", "Accepted").equals("True"));
    await(() -> planes.getFirst().tables().size(ResourceType.ADDRESS) > 0);
    planes.removeFirst().close();
    long before = fake.count("PATCH", "/wp/status");

    run("two");
    put(GATEWAYS, Yaml.gateway("wp2", "", ""));

    await(() -> condition(GATEWAYS, "shop/wp2", "Accepted").equals("True"));
    assertThat(fake.count("PATCH", "/wp/status")).isEqualTo(before);
  }

  @Test
  void ofTwoReplicasOneWritesAndTheOtherTakesOver() throws Exception {
    run("one");
    await(() -> !root("shop").isEmpty());
    run("two");
    planes.removeFirst().close();

    put(GATEWAYS, Yaml.gateway("wp", "", ""));

    await(() -> fake.get(DEPLOYMENTS, "shop/wp").isPresent());
    assertThat(planes.getFirst().tables().size(ResourceType.ADDRESS)).isPositive();
  }

  @Test
  void anApiServerThatFailsLeavesWhatIsServed() throws Exception {
    run("one");
    int served = planes.getFirst().tables().size(ResourceType.ADDRESS);
    assertThat(served).isEqualTo(2);

    fake.faults(request -> Optional.of(Fault.code(503)));
    fake.hangUp();
    await(() -> fake.count("GET", "/api/v1/pods") > 5);
    assertThat(planes.getFirst().tables().size(ResourceType.ADDRESS)).isEqualTo(served);

    fake.faults(request -> Optional.empty());
    put("/api/v1/pods", Yaml.pod("web-2", "app: web", "", "10.0.0.2"));
    await(() -> planes.getFirst().tables().size(ResourceType.ADDRESS) == served + 1);
  }

  @Test
  void gatewaysOfAnotherRevisionAreNotOurs() throws Exception {
    put(GATEWAYS, Yaml.gateway("theirs", "istio.io/rev: canary", ""));
    put(GATEWAYS, Yaml.gateway("ours", "", ""));
    run("one");

    await(() -> condition(GATEWAYS, "shop/ours", "Accepted").equals("True"));
    assertThat(condition(GATEWAYS, "shop/theirs", "Accepted")).isEmpty();
    assertThat(fake.get(DEPLOYMENTS, "shop/theirs")).isEmpty();
  }

  // --------------------------------------------------------------------------------------------

  private void run(String pod) throws Exception {
    Path kubeconfig =
        Files.writeString(
            home.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "%s"}}]
            users: [{name: u, user: {}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
                .formatted(fake.url()));
    Map<String, String> env = new HashMap<>();
    env.put("MARROW_SOURCE", "kubernetes");
    env.put("KUBECONFIG", kubeconfig.toString());
    env.put("POD_NAME", pod);
    env.put("MARROW_WAYPOINT_IMAGE", "marrow/waypoint:1");
    for (String name : List.of("XDS", "READINESS", "METRICS", "ADMIN")) {
      env.put("MARROW_" + name + "_ADDRESS", "127.0.0.1:0");
    }
    planes.add(ControlPlane.start(Settings.read(env), Clock.systemUTC()));
  }

  private static String collection(String group, WatchedKind kind) {
    String version = kind.versions().getFirst();
    return (group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version)
        + "/"
        + kind.plural();
  }

  private void put(String collection, String yaml) {
    fake.put(collection, YAML.readTree(yaml).toString());
  }

  private String root(String namespace) {
    return fake.get(MAPS, namespace + "/istio-ca-root-cert")
        .map(map -> map.at("/data/root-cert.pem").stringValue(""))
        .orElse("");
  }

  private JsonNode parents() {
    return fake.get(ROUTES, "shop/r").orElseThrow().at("/status/parents");
  }

  private String condition(String collection, String name, String type) {
    return fake.get(collection, name).stream()
        .flatMap(object -> object.at("/status/conditions").valueStream())
        .filter(condition -> condition.path("type").stringValue("").equals(type))
        .map(condition -> condition.path("status").stringValue(""))
        .findFirst()
        .orElse("");
  }

  private static void await(BooleanSupplier wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(10);
    }
  }
}
