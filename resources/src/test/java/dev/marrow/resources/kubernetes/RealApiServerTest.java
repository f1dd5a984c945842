package dev.marrow.resources.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What only a real API server can show. Runs where {@code KUBECONFIG} names one. */
@EnabledIfEnvironmentVariable(
    named = "KUBECONFIG",
    matches = ".+",
    disabledReason = "no KUBECONFIG: no API server to test against")
class RealApiServerTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps/";
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void objectsAreListedAppliedFollowedAndDeleted() throws Exception {
    try (ApiServer server = ApiServer.connect();
        KubernetesSource source =
            KubernetesSource.follow(server, MeshKinds.all(), WatchReport.none())) {
      source.awaitComplete();
      assertThat(source.snapshot().get("Namespace", "", "kube-system")).isPresent();

      Reply applied = server.apply(MAPS + "marrow-test", "marrow-test", map("a"));
      assertThat(applied.reason()).isEqualTo("HTTP 201");
      await(source, "a");
      assertThat(server.apply(MAPS + "marrow-test", "marrow-test", map("b")).ok()).isTrue();
      await(source, "b");
      assertThat(server.delete(MAPS + "marrow-test").ok()).isTrue();
      await(source, "");
    }
  }

  private static JsonNode map(String text) {
    return JSON.readTree(
        """
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "marrow-test"},
         "data": {"deployment": "%s"}}
        """
            .formatted(text));
  }

  private static void await(KubernetesSource source, String text) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!text.equals(
        source
            .snapshot()
            .get("ConfigMap", "default", "marrow-test")
            .map(map -> map.content().at("/data/deployment").stringValue(""))
            .orElse(""))) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }
}
