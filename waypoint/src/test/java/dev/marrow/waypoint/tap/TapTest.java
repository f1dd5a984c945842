package dev.marrow.waypoint.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.destination.TelemetryRules;
import dev.marrow.waypoint.report.RequestReport;
import dev.marrow.waypoint.report.Trace;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A tap is bounded in time, number and rate, and there are few of them. */
class TapTest {
  private static RequestReport report(String path) {
    return new RequestReport(
        0,
        0,
        -1,
        "GET",
        path,
        "HTTP/1.1",
        "web",
        "-",
        "-",
        200,
        -1,
        "via_upstream",
        Set.of(),
        0,
        0,
        "-",
        "-",
        "",
        "default",
        "web",
        "web",
        "shop",
        "DONE",
        false,
        null,
        null,
        TelemetryRules.STANDARD,
        Trace.NONE);
  }

  @Test
  void moreThanTheRateIsCountedOnly() throws Exception {
    Taps taps = new Taps();
    Tap tap = taps.open(TapFilter.parse("path=/a&rate=2")).orElseThrow();
    for (int i = 0; i < 5; i++) {
      taps.show(report("/a"), new Headers(), null);
    }
    taps.show(report("/b"), new Headers(), null);

    assertThat(tap.skipped()).isBetween(1L, 3L);
    assertThat(tap.next()).isPresent();
  }

  @Test
  void nobodyLooksAfterTheLastIsClosed() {
    Taps taps = new Taps();
    assertThat(taps.active()).isFalse();
    Tap tap = taps.open(TapFilter.parse("")).orElseThrow();
    assertThat(taps.active()).isTrue();

    tap.close();

    assertThat(taps.active()).isFalse();
  }

  @Test
  void thereAreAFewOnly() {
    Taps taps = new Taps();
    for (int i = 0; i < 8; i++) {
      assertThat(taps.open(TapFilter.parse(""))).isPresent();
    }

    assertThat(taps.open(TapFilter.parse(""))).isEmpty();
  }

  @Test
  void whatIsNotUnderstoodIsRefused() {
    for (String query : new String[] {"paths=/x", "path", "rate=0", "limit=x", "seconds=9999999"}) {
      assertThatThrownBy(() -> TapFilter.parse(query)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
