package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DoorsTest {
  private static final long BEGUN = Long.MAX_VALUE - 5; // such times may overflow
  private final Doors doors = new Doors(BEGUN, Duration.ofSeconds(20));

  @Test
  void theyAreOpenForTwoSecondsThoughNobodyComes() {
    assertThat(doors.open(after(1999), BEGUN)).isTrue();
    assertThat(doors.open(after(2000), BEGUN)).isFalse();
  }

  @Test
  void theyStayOpenWhileSomebodyComes() {
    assertThat(doors.open(after(9000), after(7001))).isTrue();
    assertThat(doors.open(after(9001), after(7001))).isFalse();
  }

  @Test
  void aQuarterOfTheDrainStaysForWhoCameLast() {
    assertThat(doors.open(after(14_999), after(14_999))).isTrue();
    assertThat(doors.open(after(15_000), after(15_000))).isFalse();
    assertThat(doors.mayRun(after(19_999))).isTrue();
    assertThat(doors.mayRun(after(20_000))).isFalse();
  }

  @Test
  void aShortDrainHasShortLatecomers() {
    var hasty = new Doors(BEGUN, Duration.ofMillis(400));

    assertThat(hasty.open(after(299), BEGUN)).isTrue();
    assertThat(hasty.open(after(300), BEGUN)).isFalse();
  }

  private static long after(long millis) {
    return BEGUN + Duration.ofMillis(millis).toNanos();
  }
}
