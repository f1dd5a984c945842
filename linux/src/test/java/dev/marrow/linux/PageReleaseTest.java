package dev.marrow.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageReleaseTest {
  private static Stream<Long> pauses(long longestSeconds) {
    return PageRelease.pauses(Duration.ofSeconds(longestSeconds)).map(Duration::toSeconds).limit(6);
  }

  @Test
  void pausesGrowToTheLongest() {
    assertThat(pauses(60)).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
  }

  @Test
  void noPauseIsLongerThanTheLongest() {
    assertThat(pauses(2)).containsOnly(2L);
  }
}
