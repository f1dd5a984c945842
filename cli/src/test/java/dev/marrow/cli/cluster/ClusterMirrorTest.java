package dev.marrow.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import dev.marrow.resources.kubernetes.ApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with one installation and one captured pod, as a local mesh would show it. */
class ClusterMirrorTest {
  private static final String READY = "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]";

  @TempDir Path dir;
  private final Map<String, String> answers = new HashMap<>();
  private HttpServer http;

  @BeforeEach
  void serve() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    http.createContext("/", this::answer);
    http.start();
    list("/api/v1/nodes", "{\"metadata\":{\"name\":\"n1\"},\"status\":{%s}}".formatted(READY));
    list(
        "/api/v1/namespaces",
        "{\"metadata\":{\"name\":\"shop\",\"labels\":{\"istio.io/dataplane-mode\":\"ambient\"}}}");
    list("/api/v1/services", "");
    list("/api/v1/serviceaccounts", "");
    list(
        "/api/v1/pods",
        """
        {"metadata":{"name":"web","namespace":"shop","annotations":{"ambient.istio.io/redirection":"enabled"}},
         "spec":{"nodeName":"n1","serviceAccountName":"web"},"status":{"phase":"Running","podIPs":[{"ip":"198.18.1.2"}],%s}},
        {"metadata":{"name":"done","namespace":"shop"},"spec":{"nodeName":"n1"},"status":{"phase":"Succeeded"}},
        {"metadata":{"name":"ztunnel-x","namespace":"marrow-system","labels":{"app":"ztunnel","app.kubernetes.io/part-of":"marrow"}},
         "spec":{"nodeName":"n1"},"status":{"phase":"Running",%s}}\
        """
            .formatted(READY, READY));
    list(
        "/apis/apps/v1/namespaces/marrow-system/daemonsets",
        "{\"metadata\":{\"name\":\"ztunnel\",\"generation\":2},\"status\":{\"observedGeneration\":2,\"desiredNumberScheduled\":1,\"numberReady\":1,\"updatedNumberScheduled\":1}}");
  }

  @AfterEach
  void stop() {
    http.stop(0);
  }

  @Test
  void podsThatCanTakePartAreShownWithTheirIdentity() throws IOException {
    MeshState mesh = mirror();

    assertThat(mesh.pods()).extracting(MeshState.Pod::name).containsExactly("web");
    assertThat(mesh.pods().getFirst().identity())
        .isEqualTo("spiffe://cluster.local/ns/shop/sa/web");
    assertThat(mesh.pods().getFirst().enrolled()).isTrue();
    assertThat(mesh.programs())
        .extracting(MeshState.Program::name)
        .containsExactly("ztunnel/ztunnel-x");
    assertThat(mesh.ready()).isTrue();
  }

  @Test
  void aProgramOfAnOlderTemplateIsWaitedFor() throws IOException {
    answers.computeIfPresent(
        "/apis/apps/v1/namespaces/marrow-system/daemonsets",
        (path, text) -> text.replace("\"observedGeneration\":2", "\"observedGeneration\":1"));

    MeshState mesh = mirror();

    assertThat(mesh.ready()).isFalse();
    assertThat(mesh.waiting()).containsExactly("ztunnel: 0 of 1 ready");
  }

  @Test
  void conditionsLieWhereThoseOfALocalMeshDo() throws IOException {
    list(
        "/apis/gateway.networking.k8s.io/v1/gateways",
        "{\"metadata\":{\"name\":\"w\",\"namespace\":\"shop\"},\"status\":{\"conditions\":[{\"type\":\"Programmed\",\"status\":\"True\"}]}}");

    mirror();

    assertThat(Files.readString(dir.resolve("state/status/Gateway.shop.w.json")))
        .contains("Programmed");
    assertThat(dir.resolve("state/objects/Gateway.shop.w.yaml")).exists();
  }

  @Test
  void aReportHasLogsAndConditionsButNothingOfOtherPeoplesPods() throws IOException {
    list(
        "/api/v1/namespaces/marrow-system/pods",
        "{\"metadata\":{\"name\":\"ztunnel-x\"},\"spec\":{\"containers\":[{\"name\":\"ztunnel\",\"image\":\"i\"}]}}");
    answers.put("/version", "{\"major\":\"1\",\"minor\":\"36\"}");
    answers.put("/apis", "{\"groups\":[]}");
    answers.put("/api/v1/namespaces/marrow-system/pods/ztunnel-x/log", "a line");
    Path zip = dir.resolve("report.zip");

    try (var questions =
            new Questions(ApiServer.at("http://127.0.0.1:" + http.getAddress().getPort()));
        var out = Files.newOutputStream(zip)) {
      new BugReport(questions, "marrow-system")
          .write(out, new StateDirectory(dir.resolve("state")));
    }

    try (var file = new java.util.zip.ZipFile(zip.toFile())) {
      assertThat(file.stream().map(entry -> entry.getName()))
          .contains(
              "mesh.json",
              "logs/ztunnel-x.ztunnel.log",
              "pods/ztunnel-x.json",
              "objects/Namespace..shop.yaml")
          .noneMatch(name -> name.startsWith("objects/Pod"));
    }
  }

  private MeshState mirror() throws IOException {
    String url = "http://127.0.0.1:" + http.getAddress().getPort();
    try (var questions = new Questions(ApiServer.at(url))) {
      return ClusterMirror.write(
          questions, "marrow-system", new StateDirectory(dir.resolve("state")));
    }
  }

  private void list(String path, String items) {
    answers.put(path, "{\"items\":[" + items + "]}");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = answers.getOrDefault(exchange.getRequestURI().getPath(), "{}");
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(body.equals("{}") ? 404 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
