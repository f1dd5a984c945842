package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.workload.Workload;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutliersTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final Outliers outliers = new Outliers(Duration.ofSeconds(10), nanos::get);
  private final Workload shop = workload("shop").build();

  @Test
  void anEndpointThatCouldNotBeReachedIsAvoidedForAWhile() {
    outliers.failed(shop.uid());
    nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
    assertThat(outliers.ejected(shop)).isTrue();

    nanos.incrementAndGet();

    assertThat(outliers.ejected(shop)).isFalse();
  }

  @Test
  void anEndpointThatWasReachedIsUsedAgainAtOnce() {
    outliers.failed(shop.uid());

    outliers.reached(shop.uid());

    assertThat(outliers.ejected(shop)).isFalse();
  }

  @Test
  void ofVeryManyTheOldestIsForgotten() {
    outliers.failed(shop.uid());

    for (int n = 0; n < 1024; n++) outliers.failed("other-" + n);

    assertThat(outliers.ejected(shop)).isFalse();
  }

  @Test
  void withoutATimeNobodyIsAvoided() {
    var off = new Outliers(Duration.ZERO, nanos::get);

    off.failed(shop.uid());

    assertThat(off.ejected(shop)).isFalse();
  }
}
