package dev.marrow.cli.command;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.cli.local.state.MeshState;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TargetsTest {
  @Test
  void anUnknownLogIsAnsweredWithProgramsThenAFewPods() {
    var targets = new Targets(mesh(12), "");

    assertThatThrownBy(() -> targets.logs("nobody"))
        .hasMessage(
            "no program or pod 'nobody' (programs: supervisor, control-plane; pods: shop/web-0,"
                + " shop/web-1, shop/web-2, shop/web-3, shop/web-4, shop/web-5, shop/web-6,"
                + " shop/web-7, shop/web-8, shop/web-9 and 2 more)");
  }

  @Test
  void anUnknownPodIsAnsweredWithAllThereAreIfTheyAreFew() {
    var targets = new Targets(mesh(2), "");

    assertThatThrownBy(() -> targets.pod("nobody"))
        .hasMessage("no pod 'nobody' (there are: shop/web-0, shop/web-1)");
  }

  private static MeshState mesh(int pods) {
    return new MeshState(
        true,
        "",
        1,
        1,
        List.of(new MeshState.Program("control-plane", "node-1", 1, true, 0, "/log/c")),
        IntStream.range(0, pods).mapToObj(TargetsTest::pod).toList(),
        List.of(),
        List.of(),
        List.of());
  }

  private static MeshState.Pod pod(int number) {
    List<String> none = List.of();
    return new MeshState.Pod(
        "shop",
        "web-" + number,
        "",
        "",
        none,
        "",
        "",
        "",
        true,
        0,
        0,
        "",
        "",
        false,
        false,
        "",
        none,
        Map.of());
  }
}
