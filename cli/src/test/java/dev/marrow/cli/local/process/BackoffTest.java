package dev.marrow.cli.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Instant NOW = Instant.EPOCH;

  @Test
  void theDelayDoublesUpToALimit() {
    List<Long> delays = new ArrayList<>();
    Backoff backoff = Backoff.NONE;
    for (int n = 0; n < 9; n++) {
      backoff = backoff.after(NOW, NOW);
      delays.add(backoff.delay().toMillis());
    }

    assertThat(delays)
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L);
  }

  @Test
  void aLongLifeIsForgiven() {
    Backoff tried = Backoff.NONE.after(NOW, NOW).after(NOW, NOW).after(NOW, NOW);

    assertThat(tried.after(NOW, NOW.plusSeconds(6)).delay()).isEqualTo(Duration.ofMillis(100));
  }
}
