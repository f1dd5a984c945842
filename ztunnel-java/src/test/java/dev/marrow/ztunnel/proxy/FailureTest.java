package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.RelayEnd;
import dev.marrow.hbone.RelayEnd.Side;
import dev.marrow.http.Abort;
import dev.marrow.http.Abort.Reason;
import dev.marrow.ztunnel.report.Flag;
import dev.marrow.ztunnel.report.LogLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTest {
  private static Failure of(Side by, Abort why) {
    return Failure.of(new RelayEnd.Aborted(by, why, 1, 2));
  }

  @ParameterizedTest
  @EnumSource(names = {"TRUNCATED", "CONNECTION_LOST", "INTERNAL", "REFUSED"})
  void whatAPeerDropsIsAWarningAndCounted(Reason reason) {
    Failure failure = of(Side.LEFT, Abort.of(reason, "gone"));

    assertThat(failure)
        .isEqualTo(new Failure(Flag.CONNECT, LogLevel.WARN, "connection lost: gone"));
  }

  @Test
  void whatWeDropIsAnError() {
    assertThat(of(Side.OURS, Abort.of(Reason.TIMEOUT, "idle")).level()).isEqualTo(LogLevel.ERROR);
    assertThat(of(Side.OURS, Abort.of(Reason.INTERNAL, "bug")).level()).isEqualTo(LogLevel.ERROR);
  }

  @Test
  void aResetIsAnEndLikeAnyOther() {
    assertThat(of(Side.RIGHT, Abort.RESET)).isEqualTo(Failure.NONE);
  }
}
