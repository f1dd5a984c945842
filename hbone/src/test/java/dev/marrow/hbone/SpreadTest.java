package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void limitsThatBeganTogetherDoNotEndTogether() {
    LongStream ends = LongStream.generate(() -> Spread.millis(Duration.ofSeconds(10))).limit(3000);

    long[] sorted = ends.sorted().toArray();

    assertThat(sorted[0]).isGreaterThanOrEqualTo(10_000);
    assertThat(sorted[sorted.length - 1]).isLessThanOrEqualTo(11_000);
    assertThat(LongStream.of(sorted).distinct().count()).isGreaterThan(500);
  }

  @Test
  void aLimitOfNothingStaysOne() {
    assertThat(Spread.millis(Duration.ZERO)).isZero();
    assertThat(Spread.millis(Duration.ofMillis(5))).isEqualTo(5);
  }
}
