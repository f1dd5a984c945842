package dev.marrow.waypoint.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.report.Trace;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Traces go on in the words the client uses. */
class TracingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  private final Headers request = new Headers();

  private Trace propagate(double percent) {
    return Tracing.propagate(request, percent, new SplittableRandom(1));
  }

  private String header(String name) {
    return request.first(HeaderName.of(name)).orElse("");
  }

  @Test
  void aTraceBeginsWhereNobodyBeganOne() {
    Trace trace = propagate(100);

    assertThat(trace.sampled()).isTrue();
    assertThat(trace.parentSpan()).isEmpty();
    assertThat(header("traceparent")).isEqualTo(trace.own().format());
    assertThat(header("b3")).isEmpty();
  }

  @Test
  void noneIsSampledAtZeroPercent() {
    assertThat(propagate(0).sampled()).isFalse();
  }

  @Test
  void aW3cTraceGoesOnWithItsDecision() {
    request.add("traceparent", "00-" + TRACE + "-" + SPAN + "-01");

    Trace trace = propagate(0);

    assertThat(trace.traceId()).isEqualTo(TRACE);
    assertThat(trace.parentSpan()).isEqualTo(SPAN);
    assertThat(header("traceparent"))
        .startsWith("00-" + TRACE)
        .endsWith("-01")
        .doesNotContain(SPAN);
  }

  @Test
  void aBrokenTraceparentIsReplaced() {
    request.add("traceparent", "00-zz-01");

    assertThat(propagate(100).own().format()).isEqualTo(header("traceparent"));
  }

  @Test
  void b3InSeveralHeadersGoesOnInThem() {
    request.add("x-b3-traceid", TRACE).add("x-b3-spanid", SPAN).add("x-b3-sampled", "1");

    Trace trace = propagate(0);

    assertThat(trace.sampled()).isTrue();
    assertThat(header("x-b3-traceid")).isEqualTo(TRACE);
    assertThat(header("x-b3-parentspanid")).isEqualTo(SPAN);
    assertThat(header("x-b3-spanid")).isEqualTo(trace.own().spanId());
    assertThat(header("traceparent")).isEmpty();
  }

  @Test
  void aShortB3IdStaysShort() {
    request.add("x-b3-traceid", SPAN).add("x-b3-spanid", SPAN);

    Trace trace = propagate(100);

    assertThat(header("x-b3-traceid")).isEqualTo(SPAN);
    assertThat(trace.traceId()).isEqualTo("0000000000000000" + SPAN);
    assertThat(header("x-b3-sampled")).isEqualTo("1");
  }

  @Test
  void b3InOneHeaderGoesOnInIt() {
    request.add("b3", TRACE + "-" + SPAN + "-1");

    Trace trace = propagate(0);

    assertThat(header("b3")).isEqualTo(TRACE + "-" + trace.own().spanId() + "-1-" + SPAN);
    assertThat(header("traceparent")).isEmpty();
  }

  @Test
  void aDecisionAloneIsKept() {
    request.add("b3", "0");

    assertThat(propagate(100).sampled()).isFalse();
  }
}
