package dev.marrow.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private final Outliers outliers = new Outliers();

  @Test
  void workloadsThatHaveGoneAreForgottenAndEjectedOnesAreNot() {
    var rules = new Traffic.Outliers(2, 0, 0, Duration.ofHours(1), 100, 0);
    outliers.rules(rules, 3);
    Workload bad = TestMesh.workload("bad").build();
    outliers.observed(bad, 500);
    outliers.observed(bad, 500);

    for (int i = 0; i < 1000; i++) {
      outliers.observed(TestMesh.workload("gone-" + i).build(), 200);
    }

    assertThat(outliers.known()).isLessThan(100);
    assertThat(outliers.ejected(bad)).isTrue();
  }
}
