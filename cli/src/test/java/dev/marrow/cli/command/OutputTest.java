package dev.marrow.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {
  @TempDir private Path directory = Path.of("");

  private static MeshState.Pod pod(String namespace, String name, boolean ready) {
    return new MeshState.Pod(
        namespace,
        name,
        namespace + "/" + name.replaceAll("-.*", ""),
        "node-1",
        List.of("198.18.1.2"),
        "web",
        "spiffe://cluster.local/ns/x/sa/web",
        "Running",
        ready,
        0,
        1,
        "marrow-" + name,
        "uid",
        true,
        true,
        "",
        List.of("/log/" + name),
        Map.of());
  }

  private static MeshState mesh(MeshState.Pod... pods) {
    return new MeshState(
        true,
        "/config",
        1,
        1,
        List.of(new MeshState.Program("ztunnel/node-1", "node-1", 1, true, 0, "/log/z")),
        List.of(pods),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void aListIsUnderItems() {
    StringWriter out = new StringWriter();

    Output.items(new PrintWriter(out), List.of(pod("shop", "web-1", true)));

    assertThat(out.toString())
        .contains("\"items\" : [ {")
        .contains("\"identity\" : \"spiffe://cluster.local/ns/x/sa/web\"");
  }

  @Test
  void theStateSurvivesItsFile() throws IOException {
    StateDirectory state = new StateDirectory(directory);
    MeshState mesh = mesh(pod("shop", "web-1", true));

    mesh.write(state);

    assertThat(MeshState.read(state)).contains(mesh);
  }

  @Test
  void aPodIsFoundByItsNameItsDeploymentOrAPrefix() throws IOException {
    Targets targets =
        new Targets(
            mesh(pod("shop", "web-1", false), pod("shop", "web-2", true), pod("b", "db-1", true)),
            "");

    assertThat(targets.pod("web-1").name()).isEqualTo("web-1");
    assertThat(targets.pod("web").name()).isEqualTo("web-2");
    assertThat(targets.pod("b/db-1").name()).isEqualTo("db-1");
    assertThat(targets.logs("ztunnel/node-1")).containsExactly("/log/z");
    assertThatThrownBy(() -> targets.pod("nope"))
        .hasMessageContaining("no pod 'nope' (there are: shop/web-1, shop/web-2, b/db-1)");
  }

  @Test
  void conditionsAreReadWhereverTheyAre() throws IOException {
    StateDirectory state = new StateDirectory(directory);
    Files.createDirectories(state.status());
    Files.writeString(
        state.status().resolve("HTTPRoute.shop.web.json"),
        "{\"parents\":[{\"conditions\":[{\"type\":\"Accepted\",\"status\":\"False\",\"reason\":\"NoMatchingParent\",\"message\":\"m\"}]}]}");

    assertThat(ObjectStatus.read(state))
        .containsExactly(
            new ObjectStatus(
                "HTTPRoute",
                "shop",
                "web",
                "parents/",
                "Accepted",
                "False",
                "NoMatchingParent",
                "m"));
  }

  @Test
  void changesOfLabelsAreChecked() throws IOException {
    assertThat(LabelCommand.Change.parse("istio.io/dataplane-mode=ambient").value())
        .contains("ambient");
    assertThat(LabelCommand.Change.parse("istio.io/dataplane-mode-").value()).isEmpty();
    assertThatThrownBy(() -> LabelCommand.Change.parse("x"))
        .hasMessageContaining("x: no change (expected: KEY=VALUE or KEY-)");
    assertThatThrownBy(() -> LabelCommand.Change.parse("a=b c"))
        .hasMessageContaining("b c: no label value");
    assertThatThrownBy(() -> LabelCommand.Change.parse("istio.io/dataplane-mode=ambien"))
        .hasMessage("istio.io/dataplane-mode: 'ambien' (expected: ambient or none)");
  }

  @Test
  void aKindOfAnotherGroupIsReadBackFromTheNameOfItsFile() throws IOException {
    StateDirectory state = new StateDirectory(directory);
    Files.createDirectories(state.status());
    Files.writeString(
        state.status().resolve("Gateway~networking~istio~io.shop.a.b.json"),
        "{\"conditions\":[{\"type\":\"Accepted\",\"status\":\"False\",\"reason\":\"R\",\"message\":\"m\"}]}");

    assertThat(ObjectStatus.read(state))
        .extracting(ObjectStatus::line)
        .containsExactly("Gateway.networking.istio.io shop/a.b: Accepted=False (R) m");
  }
}
