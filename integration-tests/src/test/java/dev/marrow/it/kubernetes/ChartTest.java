package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The chart without a cluster, by Helm itself. {@code -Dsnapshots=write} takes what it renders as
 * right.
 */
class ChartTest {
  private static final Path SNAPSHOTS = Path.of("src/test/resources/charts");

  @Test
  void helmFindsNothingToComplainAbout() {
    LintResult result = new Helm(Cluster.chart()).lint().strict().call();

    assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
  }

  @Test
  void itRendersAsReviewed() throws IOException {
    compare("default", template());
  }

  @Test
  void itRendersAsReviewedWithEverythingSwitched() throws IOException {
    compare(
        "other",
        template()
            .set("global.hub", "registry.example/mesh")
            .set("global.tag", "9.9.9")
            .set("control-plane.replicas", 1)
            .set("control-plane.networkPolicy", true)
            .set("control-plane.revision", "next")
            .set("node.agent.cni.enabled", false)
            .set("node.agent.redirect", "iptables")
            .set("node.seLinuxType", "spc_t"));
  }

  @Test
  void inAnotherNamespaceItFindsAndTrustsItsOwnParts() {
    String rendered = template().withNamespace("mesh").call();

    assertThat(rendered)
        .contains(
            "istio-system/ztunnel,mesh/ztunnel", "istiod.istio-system.svc,control-plane.mesh.svc,")
        .doesNotContain("control-plane.marrow-system.svc");
  }

  @ParameterizedTest
  @CsvSource({
    "node.agent.redirect, ebpf",
    "control-plane.replica, 3",
    "global.imagePullPolicy, Sometimes",
    "node.agent.drainMillis, -1"
  })
  void aValueThatCannotBeIsRefused(String name, String value) {
    assertThatThrownBy(() -> template().set(name, value).call())
        .hasMessageContaining("values don't meet the specifications of the schema");
  }

  @Test
  void onlyWhatMustBeIsRoot() {
    String[] objects = template().call().split("(?m)^---");

    for (String object : objects) {
      boolean node = object.contains("kind: DaemonSet");
      if (object.contains("containers:") && !node) {
        assertThat(object)
            .contains("runAsNonRoot: true", "readOnlyRootFilesystem: true", "drop: [ALL]");
      }
      assertThat(object).doesNotContain("privileged: true", "hostPID: true");
    }
  }

  private static TemplateCommand template() {
    return new Helm(Cluster.chart())
        .template()
        .withName("marrow")
        .withNamespace("marrow-system")
        .withKubeVersion("v1.36.3");
  }

  private static void compare(String name, TemplateCommand command) throws IOException {
    String rendered = command.call();
    Path file = SNAPSHOTS.resolve(name + ".yaml");
    if ("write".equals(System.getProperty("snapshots"))) {
      Files.createDirectories(SNAPSHOTS);
      Files.writeString(file, rendered);
    }

    assertThat(rendered)
        .as("see %s; -Dsnapshots=write takes it over", file)
        .isEqualTo(Files.readString(file));
  }
}
