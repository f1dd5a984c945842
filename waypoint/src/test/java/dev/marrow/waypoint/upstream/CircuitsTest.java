package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.workload.ServiceKey;
import org.junit.jupiter.api.Test;

/** The circuits of services that come and go. */
class CircuitsTest {
  private final Circuits circuits = new Circuits();

  private static Scope scope(int number) {
    return Scope.of(new ServiceKey("shop", "service-" + number));
  }

  @Test
  void onlyThoseInUseStayWhenThereAreMany() {
    Circuit used = circuits.of(scope(0));
    used.requests().take(0);

    for (int i = 1; i < 50_000; i++) {
      circuits.of(scope(i));
    }

    assertThat(circuits.of(scope(0))).isSameAs(used);
    assertThat(circuits.known()).isLessThan(20_000);
  }
}
