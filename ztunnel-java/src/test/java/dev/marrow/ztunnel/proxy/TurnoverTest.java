package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TurnoverTest {
  // System.nanoTime may be below zero.
  private static final long START = -7 * Turnover.WINDOW_NANOS;

  private final Turnover turnover = new Turnover(START);

  @Test
  void connectionsAreBriefWhenManyMoreEndThanAreOpen() {
    end(20, START);

    assertThat(turnover.brief(4, START)).isTrue();
    assertThat(turnover.brief(5, START)).isFalse();
  }

  @Test
  void whereNothingEndedConnectionsAreTakenForLong() {
    assertThat(turnover.brief(0, START)).isFalse();
  }

  @Test
  void whatEndedInTheWindowBeforeStillCounts() {
    end(20, START);

    assertThat(turnover.brief(4, START + Turnover.WINDOW_NANOS)).isTrue();
  }

  @Test
  void whatEndedLongAgoCountsNoMore() {
    end(20, START);

    assertThat(turnover.brief(0, START + 2 * Turnover.WINDOW_NANOS)).isFalse();
  }

  @Test
  void anotherConnectionStaysIfThoseOfTheLoopAreShortAndFew() {
    end(35, START);

    assertThat(turnover.keeps(7, START)).isTrue();
  }

  @Test
  void fewLongConnectionsAreSharedOut() {
    end(34, START);

    assertThat(turnover.keeps(7, START)).isFalse();
  }

  @Test
  void manyShortConnectionsAreSharedOut() {
    end(1000, START);

    assertThat(turnover.brief(8, START)).isTrue();
    assertThat(turnover.keeps(8, START)).isFalse();
  }

  private void end(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      turnover.ended(nanos);
    }
  }
}
