package dev.marrow.cli.local.network;

import static dev.marrow.cli.local.Objects.deployment;
import static dev.marrow.cli.local.Objects.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.cli.local.plan.PlannedPod;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkScriptTest {
  private static final Names NAMES = new Names("marrow");

  @TempDir private Path directory = Path.of("");

  @Test
  void aPodHangsOnItsNodeWithOneLinkAndBothFamilies() throws IOException {
    PlannedPod pod = plan(directory, deployment("web", 1, "")).pods().firstEntry().getValue();
    String name = NAMES.pod(pod.key());

    assertThat(NetworkScript.pod(NAMES, pod))
        .contains("ip netns add " + name)
        .contains("ip -n marrow-node-1 link add v0 type veth peer name eth0 netns " + name)
        .contains("addr add 198.18.1.2/32 dev eth0")
        .contains("addr add fd00:198:18:1::2/128 dev eth0 nodad")
        .contains("route add default via 198.18.1.1");
  }

  @Test
  void aNodeRoutesToTheOthersPodsButNotToItsOwn() {
    assertThat(NetworkScript.node(NAMES, 3, 2))
        .contains("route add 198.18.1.0/24 via 198.19.128.11")
        .contains("route add 198.18.3.0/24 via 198.19.128.13")
        .doesNotContain("route add 198.18.2.0/24");
  }

  @Test
  void theScriptsAreShell() throws Exception {
    PlannedPod pod = plan(directory, deployment("web", 1, "")).pods().firstEntry().getValue();
    String all =
        NetworkScript.bridge(NAMES, 2)
            + NetworkScript.node(NAMES, 2, 1)
            + NetworkScript.pod(NAMES, pod)
            + NetworkScript.removePod(NAMES, pod);

    assertThat(Shell.execute(java.util.List.of("sh", "-n"), all))
        .isEqualTo(new Shell.Result(0, ""));
  }

  @Test
  void aMeshOwnsOnlyNamesWithItsPrefix() {
    assertThat(NAMES.owns("marrow-shop-web")).isTrue();
    assertThat(NAMES.owns("marrow2-net")).isFalse();
    assertThatThrownBy(() -> new Names("a-b"))
        .hasMessageContaining("MARROW_PREFIX: 'a-b' (expected:");
  }
}
