package dev.marrow.waypoint.proxy;

import dev.marrow.hbone.TraceParent;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.report.Trace;
import java.util.random.RandomGenerator;

/**
 * Carries traces on: W3C Trace Context, B3 in several headers and B3 in one, whichever the client
 * uses; W3C where nobody began. What comes in another form than the exact one is as if absent.
 */
final class Tracing {
  private static final HeaderName TRACEPARENT = HeaderName.of("traceparent");
  private static final HeaderName B3 = HeaderName.of("b3");
  private static final HeaderName B3_TRACE = HeaderName.of("x-b3-traceid");
  private static final HeaderName B3_SPAN = HeaderName.of("x-b3-spanid");
  private static final HeaderName B3_PARENT = HeaderName.of("x-b3-parentspanid");
  private static final HeaderName B3_SAMPLED = HeaderName.of("x-b3-sampled");
  private static final HeaderName B3_FLAGS = HeaderName.of("x-b3-flags");
  private static final byte[] HEX =
      "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  /** What the client said of sampling. */
  private enum Sampled {
    YES,
    NO,
    UNDECIDED
  }

  private record Parent(String trace, String span, Sampled sampled) {
    static final Parent NONE = new Parent("", "", Sampled.UNDECIDED);
  }

  private Tracing() {}

  /** A random UUID; not a secret. */
  static String requestId(RandomGenerator random) {
    long high = random.nextLong() & 0xffffffffffff0fffL | 0x4000L;
    long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
    byte[] text = new byte[36];
    int at = 0;
    for (int i = 0; i < 32; i++) {
      if (at == 8 || at == 13 || at == 18 || at == 23) {
        text[at++] = '-';
      }
      long bits = i < 16 ? high >>> 60 - 4 * i : low >>> 124 - 4 * i;
      text[at++] = HEX[(int) bits & 0xf];
    }
    return latin(text);
  }

  /** Puts our span between the client's and the endpoint's; begins a trace if there is none. */
  static Trace propagate(Headers request, double samplingPercent, RandomGenerator random) {
    int single = request.find(B3);
    boolean several = request.contains(B3_TRACE) || request.contains(B3_SAMPLED);
    int index = request.find(TRACEPARENT);
    TraceParent w3c = index < 0 ? TraceParent.NONE : TraceParent.parse(request.value(index));
    Parent parent =
        w3c.present()
            ? new Parent(w3c.traceId(), w3c.spanId(), w3c.sampled() ? Sampled.YES : Sampled.NO)
            : several
                ? several(request)
                : single >= 0 ? single(request.value(single)) : Parent.NONE;
    boolean sampled =
        switch (parent.sampled()) {
          case YES -> true;
          case NO -> false;
          case UNDECIDED -> samplingPercent > 0 && random.nextDouble(100) < samplingPercent;
        };
    String trace =
        parent.trace().isEmpty()
            ? hex(random.nextLong() | 1) + hex(random.nextLong())
            : parent.trace();
    TraceParent own = new TraceParent(trace, hex(random.nextLong() | 1), sampled);
    if (several) {
      writeSeveral(request, own, parent.span());
    }
    if (single >= 0) {
      request.set(B3, b3(own, parent.span()));
    }
    if (w3c.present() || !several && single < 0) {
      request.set(TRACEPARENT, own.format());
    }
    return new Trace(own, parent.span());
  }

  private static Parent several(Headers request) {
    String sampled = request.first(B3_SAMPLED).orElse("");
    boolean debug = request.first(B3_FLAGS).orElse("").equals("1");
    return parent(
        request.first(B3_TRACE).orElse(""),
        request.first(B3_SPAN).orElse(""),
        debug ? "d" : sampled);
  }

  /** {@code trace-span[-sampled[-parent]]}, or the decision alone. */
  private static Parent single(String text) {
    String[] parts = text.split("-", 5);
    return parts.length == 1
        ? parent("", "", parts[0])
        : parent(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
  }

  private static Parent parent(String trace, String span, String sampled) {
    Sampled decision =
        switch (sampled) {
          case "1", "d", "true" -> Sampled.YES;
          case "0", "false" -> Sampled.NO;
          default -> Sampled.UNDECIDED;
        };
    String full = trace.length() == 16 ? "0".repeat(16) + trace : trace;
    TraceParent checked = TraceParent.parse("00-" + full + "-" + span + "-00");
    return new Parent(checked.traceId(), checked.spanId(), decision);
  }

  private static void writeSeveral(Headers request, TraceParent own, String parentSpan) {
    // A short id stays as it is: the client's other calls carry it too.
    if (!request.first(B3_TRACE).map(own.traceId()::endsWith).orElse(false)) {
      request.set(B3_TRACE, own.traceId());
    }
    if (parentSpan.isEmpty()) {
      request.remove(B3_PARENT);
    } else {
      request.set(B3_PARENT, parentSpan);
    }
    request.set(B3_SPAN, own.spanId());
    if (!request.contains(B3_FLAGS)) {
      request.set(B3_SAMPLED, own.sampled() ? "1" : "0");
    }
  }

  private static String b3(TraceParent own, String parentSpan) {
    String text = own.traceId() + "-" + own.spanId() + (own.sampled() ? "-1" : "-0");
    return parentSpan.isEmpty() ? text : text + "-" + parentSpan;
  }

  private static String hex(long bits) {
    byte[] text = new byte[16];
    for (int i = 0; i < 16; i++) {
      text[i] = HEX[(int) (bits >>> 60 - 4 * i) & 0xf];
    }
    return latin(text);
  }

  private static String latin(byte[] text) {
    return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
