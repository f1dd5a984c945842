package dev.marrow.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private final AtomicInteger pauses = new AtomicInteger();
  private final AtomicInteger resumed = new AtomicInteger();
  private final ByteBudget all = ByteBudget.of(1000, pauses::incrementAndGet);
  private final ByteBudget one = all.part(100, pauses::incrementAndGet);
  private final ByteBudget other = all.part(5000, pauses::incrementAndGet);

  @Test
  void aboveTheBoundOnlyThoseGoOnThatHoldNothing() {
    one.charge(100);

    assertThat(one.admits(1)).isFalse();
    assertThat(one.admits(0)).isTrue();
  }

  @Test
  void atTwiceTheBoundNobodyGoesOn() {
    one.charge(200);

    assertThat(one.admits(0)).isFalse();
  }

  @Test
  void anotherIdentityIsNotConcerned() {
    one.charge(200);

    assertThat(other.admits(1)).isTrue();
  }

  @Test
  void whatOneHoldsCountsForAll() {
    one.charge(60);
    other.charge(940);

    assertThat(all.held()).isEqualTo(1000);
    assertThat(one.admits(60)).isFalse();
  }

  @Test
  void whoWaitsResumesBelowThreeQuarters() {
    one.charge(100);
    one.await(1, resumed::incrementAndGet);

    one.release(20);
    assertThat(resumed).hasValue(0);
    one.release(10);

    assertThat(resumed).hasValue(1);
    assertThat(pauses).hasValue(1);
  }

  @Test
  void whoHoldsNothingResumesBelowTwiceTheBoundThoughOthersStayStuck() {
    one.charge(200);
    one.await(0, resumed::incrementAndGet);

    one.release(30);

    assertThat(resumed).hasValue(1);
    assertThat(one.admits(0)).isTrue();
  }

  @Test
  void whoWaitsForAllResumesWhenOthersGiveBack() {
    other.charge(1000);
    one.await(1, resumed::incrementAndGet);

    other.release(500);

    assertThat(resumed).hasValue(1);
  }

  @Test
  void whoResumesTooLateWaitsAgain() {
    one.charge(100);
    one.await(
        1,
        () -> {
          one.charge(100);
          one.await(1, resumed::incrementAndGet);
        });

    one.release(100);
    assertThat(resumed).hasValue(0);
    one.release(100);

    assertThat(resumed).hasValue(1);
  }

  @Test
  void whoHasEndedDoesNotWaitAnyMore() {
    Runnable first = resumed::incrementAndGet;
    Runnable second = resumed::incrementAndGet;
    other.charge(1000);
    one.await(1, first);
    one.await(1, second);

    one.leave(first);
    assertThat(all.waiting()).isEqualTo(1);
    other.release(500);

    assertThat(resumed).hasValue(1);
  }
}
