package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.waypoint.destination.Traffic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How new workloads begin. */
class NewcomersTest {
  private static Endpoint endpoint(String name) {
    return new Endpoint(TestMesh.workload(name).build(), TestMesh.ports(80, 8080));
  }

  @Test
  void onlyWhoCameAfterTheFirstLookIsNew() {
    var warmup = new Traffic.Warmup(Duration.ofSeconds(10), 0.1, 1);
    Endpoint old = endpoint("old");
    Endpoint young = endpoint("young");
    Newcomers newcomers = new Newcomers();
    long begun = System.nanoTime();
    newcomers.look(List.of(List.of(old)), begun);

    newcomers.look(List.of(List.of(old, young)), begun);

    long later = begun + Duration.ofSeconds(5).toNanos();
    assertThat(newcomers.share(old, warmup, later)).isEqualTo(1);
    assertThat(newcomers.share(young, warmup, later)).isEqualTo(0.5, within(1e-9));
    assertThat(newcomers.share(endpoint("other"), warmup, later)).isEqualTo(1);
  }

  @Test
  void aShareGrowsFromTheLeastToTheWhole() {
    var warmup = new Traffic.Warmup(Duration.ofSeconds(100), 0.1, 1);

    assertThat(warmup.share(Duration.ZERO)).isEqualTo(0.1);
    assertThat(warmup.share(Duration.ofSeconds(50))).isEqualTo(0.5, within(1e-9));
    assertThat(warmup.share(Duration.ofSeconds(100))).isEqualTo(1);
    assertThat(new Traffic.Warmup(Duration.ofSeconds(100), 0.1, 2).share(Duration.ofSeconds(25)))
        .isEqualTo(0.5, within(1e-9));
  }
}
