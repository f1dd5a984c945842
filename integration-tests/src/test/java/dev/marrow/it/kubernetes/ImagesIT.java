package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.GenericContainer;

/**
 * The images in a container engine, each as a cluster would run it. Run by {@code ./marrow test
 * --images}.
 */
@EnabledIfEnvironmentVariable(
    named = "MARROW_TEST_IMAGES",
    matches = "yes",
    disabledReason = "needs a container engine and the images: ./marrow test --images")
@TestInstance(Lifecycle.PER_CLASS)
class ImagesIT {
  private static final Path IMAGES =
      Path.of(System.getProperty("marrow.home", ".."), "cli", "target", "images");

  /** Ended by SIGTERM, after its shutdown hooks: 128 + 15. Killed would be 137. */
  private static final long TERMINATED = 143;

  private static final int LISTENER = 8080;

  @AutoClose private final Engine engine;
  @AutoClose private final HttpClient http = HttpClient.newHttpClient();
  @TempDir Path folder = Path.of("");

  ImagesIT() throws IOException {
    engine = Engine.with(IMAGES.resolve("marrow-images.tar"));
  }

  /** Programs of other users read there. */
  @BeforeEach
  void open() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"control-plane", "waypoint", "ztunnel", "node-agent", "shop"})
  void besideTheArchiveIsTheBillOfMaterialsOfAnImage(String program) {
    assertThat(IMAGES.resolve(program + ".sbom.json")).isNotEmptyFile();
  }

  @Test
  void theControlPlaneServesADirectory() throws Exception {
    file("objects.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n");
    try (var plane = container(Confined.CONTROL_PLANE)) {
      plane
          .withEnv("MARROW_CONFIG", "/config")
          .withEnv("MARROW_STATUS_DIR", "/tmp/status")
          .withEnv("MARROW_GENERATED_DIR", "/tmp/generated")
          .withEnv("MARROW_CA_DIR", "/tmp/ca")
          .withEnv("MARROW_ROOT_CERT_OUT", "/tmp/root-cert.pem")
          .withEnv("MARROW_TOKEN_JWKS", "/config/jwks.json")
          .start();

      assertThat(plane.execInContainer("cat", "/tmp/root-cert.pem").getStdout())
          .contains("BEGIN CERTIFICATE");
      assertConfined(plane, Confined.CONTROL_PLANE);
      assertEndsInOrder(plane);
    }
  }

  @Test
  void theWaypointPassesARequestOn() throws Exception {
    try (var shop = container(Confined.SHOP);
        var waypoint = container(Confined.WAYPOINT)) {
      shop.withEnv("SHOP_NAME", "reviews").start();
      file("waypoint.yaml", standalone(Engine.address(shop)));
      waypoint.addExposedPort(LISTENER);
      waypoint.withCommand("--config", "/config/waypoint.yaml").start();

      HttpResponse<String> answer = get(waypoint, LISTENER);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("\"service\":\"reviews\"");
      assertConfined(shop, Confined.SHOP);
      assertConfined(waypoint, Confined.WAYPOINT);
      assertEndsInOrder(waypoint);
      // With the native libraries, although nothing may be run from /tmp.
      assertThat(waypoint.getLogs()).contains("\"GET / HTTP/1.1\" 200").doesNotContain("noexec");
    }
  }

  @Test
  void theNodeProxyIsReadyForOneWorkload() throws Exception {
    file("mesh.yaml", workload("local", "127.0.0.1"));
    try (var proxy = nodeProxy("local")) {
      proxy.start();

      assertConfined(proxy, Confined.ZTUNNEL);
      assertEndsInOrder(proxy);
      assertThat(proxy.getLogs()).contains("draining");
    }
  }

  @Test
  void theNodeAgentWaitsForItsNodeProxy() throws Exception {
    file("objects.yaml", "{apiVersion: v1, kind: Node, metadata: {name: local}}\n");
    try (var agent = container(Confined.NODE_AGENT)) {
      agent
          .withEnv("NODE_NAME", "local")
          .withEnv("INPOD_UDS", "/tmp/ztunnel.sock")
          .withEnv("MARROW_CONFIG", "/config")
          .withEnv("MARROW_ENROLMENT_DIR", "/tmp/enrolment")
          .start();

      for (String tool : List.of("nft", "ip", "iptables")) {
        assertThat(agent.execInContainer(tool, "--version").getExitCode()).as(tool).isIn(0, 255);
      }
      assertConfined(agent, Confined.NODE_AGENT);
      assertEndsInOrder(agent);
      assertThat(agent.getLogs()).contains("stopping; pods stay as they are");
    }
  }

  private GenericContainer<?> container(Confined program) {
    return engine.container(program, folder);
  }

  private GenericContainer<?> nodeProxy(String workload) {
    return container(Confined.ZTUNNEL)
        .withEnv("PROXY_MODE", "dedicated")
        .withEnv("PROXY_WORKLOAD_INFO", "default/" + workload + "/default")
        .withEnv("LOCAL_XDS_PATH", "/config/mesh.yaml")
        .withEnv("XDS_ADDRESS", "")
        .withEnv("CA_ADDRESS", "")
        .withEnv("FAKE_CA", "true")
        .withEnv("NODE_NAME", "local");
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static String workload(String name, String address) {
    return """
    workloads:
    - {uid: local//v1/Pod/default/%s, name: %s, namespace: default, serviceAccount: default, trustDomain: cluster.local,
       workloadIps: ["%s"], protocol: HBONE, node: local, services: {}}
    policies: []
    services: []
    """
        .formatted(name, name, address);
  }

  private static String standalone(String backend) {
    return """
    listeners:
    - {address: 0.0.0.0, port: %d, service: shop/reviews, servicePort: 80}
    mesh:
      workloads:
      - {uid: local//Pod/shop/reviews, name: reviews, namespace: shop, serviceAccount: reviews, workloadIps: ["%s"],
         services: {"shop/reviews": {"80": 8080}}}
      services:
      - {name: reviews, namespace: shop, hostname: reviews, vips: [], ports: {"80": 80}}
    destinations:
    - {service: {namespace: shop, hostname: reviews}, ports: [{port: 80, protocol: HTTP1}]}
    """
        .formatted(LISTENER, backend);
  }

  private HttpResponse<String> get(GenericContainer<?> container, int port) throws Exception {
    URI uri =
        URI.create("http://%s:%d/".formatted(container.getHost(), container.getMappedPort(port)));
    return http.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void assertConfined(GenericContainer<?> container, Confined program)
      throws Exception {
    assertThat(Engine.user(program.name())).isEqualTo(program.user());
    assertThat(Confined.Seen.in(container)).isEqualTo(program.expected());
  }

  private static void assertEndsInOrder(GenericContainer<?> container) {
    long code = Engine.terminate(container);

    assertThat(code).as("%s", container.getLogs()).isEqualTo(TERMINATED);
  }
}
