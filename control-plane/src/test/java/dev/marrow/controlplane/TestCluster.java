package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.settings.Settings;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.MeshKinds;
import dev.marrow.resources.kubernetes.WatchedKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** An API server made for tests with a namespace, a pod and a service, and control planes on it. */
final class TestCluster implements AutoCloseable {
  static final String GATEWAY_API = "/apis/gateway.networking.k8s.io/v1/";
  static final String GATEWAYS = GATEWAY_API + "gateways";
  static final String ROUTES = GATEWAY_API + "httproutes";
  static final String DEPLOYMENTS = "/apis/apps/v1/deployments";
  static final String LEASES = "/apis/coordination.k8s.io/v1/leases";
  static final String NAMESPACES = "/api/v1/namespaces";
  static final String MAPS = "/api/v1/configmaps";
  static final String SERVICES = "/api/v1/services";
  static final String PODS = "/api/v1/pods";
  private static final YAMLMapper YAML = new YAMLMapper();

  final List<ControlPlane> planes = new ArrayList<>();
  final FakeApiServer fake;
  private final Path home;

  private TestCluster(FakeApiServer fake, Path home) {
    this.fake = fake;
    this.home = home;
  }

  /**
   * Starts it.
   *
   * @param home for files
   */
  static TestCluster start(Path home) throws IOException {
    List<String> collections = new ArrayList<>();
    MeshKinds.all().forEach(kind -> collections.add(collection(kind)));
    collections.addAll(
        List.of(
            DEPLOYMENTS,
            LEASES,
            "/apis/policy/v1/poddisruptionbudgets",
            "/apis/autoscaling/v2/horizontalpodautoscalers",
            "/api/v1/secrets",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"));
    FakeApiServer fake = FakeApiServer.start(collections.toArray(String[]::new));
    TestCluster cluster = new TestCluster(fake, home);
    cluster.put(NAMESPACES, Yaml.namespace("shop", ""));
    cluster.put(PODS, Yaml.pod("web-1", "app: web", "", "10.0.0.1"));
    cluster.put(SERVICES, Yaml.service("web", "", "10.1.0.1"));
    return cluster;
  }

  private static String collection(WatchedKind kind) {
    String group = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
    return group + kind.versions().getFirst() + "/" + kind.plural();
  }

  /** Adds a control plane of the installation in marrow-system. */
  ControlPlane run(String pod) throws Exception {
    return run(pod, Map.of());
  }

  ControlPlane run(String pod, Map<String, String> more) throws Exception {
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
    env.putAll(more);
    ControlPlane plane = ControlPlane.start(Settings.read(env), Clock.systemUTC());
    planes.add(plane);
    return plane;
  }

  void put(String collection, String yaml) {
    fake.put(collection, YAML.readTree(yaml).toString());
  }

  /** The roots that a namespace finds; nothing if there are none. */
  String root(String namespace) {
    return fake.get(MAPS, namespace + "/istio-ca-root-cert")
        .map(map -> map.at("/data/root-cert.pem").stringValue(""))
        .orElse("");
  }

  /** The status of an object's condition; nothing if it has none of that type. */
  String condition(String collection, String name, String type) {
    return fake.get(collection, name).stream()
        .flatMap(object -> object.at("/status/conditions").valueStream())
        .filter(condition -> condition.path("type").stringValue("").equals(type))
        .map(condition -> condition.path("status").stringValue(""))
        .findFirst()
        .orElse("");
  }

  /** What a page of a control plane says. */
  static String page(ControlPlane plane, String name, String path) {
    URI page = URI.create("http://127.0.0.1:%d%s".formatted(plane.pagePort(name), path));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void await(BooleanSupplier wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Override
  public void close() {
    planes.forEach(ControlPlane::close);
    fake.close();
  }
}
