package dev.marrow.ztunnel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LogFilterTest {
  @Test
  void theLongestScopeWins() {
    LogFilter filter = LogFilter.parse("warn,ztunnel::proxy=debug,proxy::inbound=error,access=off");

    assertThat(filter.of("proxy")).isEqualTo(LogLevel.DEBUG);
    assertThat(filter.of("proxy::outbound")).isEqualTo(LogLevel.DEBUG);
    assertThat(filter.of("proxy::inbound")).isEqualTo(LogLevel.ERROR);
    assertThat(filter.of("access")).isEqualTo(LogLevel.OFF);
    assertThat(filter.of("dns")).isEqualTo(LogLevel.WARN);
  }

  @Test
  void directivesAccumulateAndMayBeWrittenAsIstioctlDoes() {
    LogFilter filter = LogFilter.parse("info").with("access:debug").with("dns=trace");

    assertThat(filter.toString()).isEqualTo("access=debug,dns=trace,info");
  }

  @Test
  void anUnknownLevelIsRefused() {
    assertThatThrownBy(() -> LogFilter.parse("access=loud"))
        .hasMessageContaining("'access=loud' (expected: ");
  }
}
