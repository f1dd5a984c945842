package dev.marrow.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaypointReadyTest {
  private static final String GATEWAY =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: wp, namespace: shop}
      spec: {gatewayClassName: marrow-waypoint}
      """;

  @TempDir private Path home = Path.of("");

  @Test
  void podsThatAreStillToBeMadeAreWaitedFor() throws IOException {
    assertThat(missing(3, pod("wp-0", true))).contains("2 of its 3 pods");
    assertThat(missing(1, pod("wp-0", true), pod("wp-1", false))).contains("1 of its 2 pods");
    assertThat(missing(2, pod("wp-0", true), pod("wp-1", true)))
        .noneMatch(what -> what.contains("pods"));
  }

  private List<String> missing(int replicas, MeshState.Pod... pods) throws IOException {
    Files.writeString(home.resolve("gateway.yaml"), GATEWAY);
    MeshSettings settings = MeshSettings.of(Map.of("MARROW_STATE", home + "/state"));
    MeshState mesh =
        new MeshState(
            true, home.toString(), 1, 1, List.of(), List.of(pods), List.of(), List.of(), List.of());
    return new WaypointReady(settings, new DataPlane(settings), "shop", "wp", replicas)
        .missing(mesh);
  }

  private static MeshState.Pod pod(String name, boolean ready) {
    List<String> none = List.of();
    return new MeshState.Pod(
        "shop", name, "", "", none, "", "", "", ready, 0, 0, "", "", false, false, "wp", none,
        Map.of());
  }
}
