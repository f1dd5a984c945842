package dev.marrow.cli.local.state;

import static dev.marrow.cli.local.Objects.deployment;
import static dev.marrow.cli.local.Objects.plan;
import static dev.marrow.cli.local.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.resources.DirectorySource;
import dev.marrow.resources.KubeObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectFilesTest {
  @TempDir private Path user = Path.of("");
  @TempDir private Path objects = Path.of("");

  @Test
  void aPodIsWrittenAsAClusterWouldShowIt() throws IOException {
    PlannedPod pod = plan(user, deployment("web", 1, "")).pods().firstEntry().getValue();

    new ObjectFiles(objects).pod(pod, Path.of("/run/netns/marrow-shop-web"), "Running", true);

    KubeObject written = read("Pod", pod.name());
    assertThat(written.uid()).isEqualTo("uid-1");
    assertThat(written.annotations())
        .containsEntry("marrow.dev/netns", "/run/netns/marrow-shop-web");
    assertThat(written.spec().path("nodeName").asString()).isEqualTo("node-1");
    assertThat(written.spec().path("serviceAccountName").asString()).isEqualTo("web");
    assertThat(written.status().path("podIPs").path(1).path("ip").asString())
        .isEqualTo("fd00:198:18:1::2");
    assertThat(written.status().path("conditions").path(0).toString())
        .isEqualTo("{\"type\":\"Ready\",\"status\":\"True\"}");
  }

  @Test
  void aServiceIsTheUsersWithItsAddresses() throws IOException {
    MeshPlan plan = plan(user, service("web", ""));

    new ObjectFiles(objects)
        .service(java.util.Objects.requireNonNull(plan.services().get("shop/web")));

    KubeObject written = read("Service", "web");
    assertThat(written.spec().path("clusterIP").asString()).isEqualTo("198.19.1.0");
    assertThat(written.spec().path("clusterIPs")).hasSize(2);
    assertThat(written.spec().path("selector").path("app").asString()).isEqualTo("web");
  }

  @Test
  void whatIsNotWrittenInARoundIsGoneAfterIt() throws IOException {
    ObjectFiles files = new ObjectFiles(objects);
    files.node(1);
    files.node(2);
    files.removeOthers();

    files.node(1);
    files.removeOthers();

    try (var left = Files.list(objects)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactly("Node..node-1.yaml");
    }
  }

  private KubeObject read(String kind, String name) throws IOException {
    try (DirectorySource source = DirectorySource.watch(List.of(objects))) {
      return source.snapshot().get(kind, "shop", name).orElseThrow();
    }
  }
}
