package dev.marrow.waypoint.proxy;

import dev.marrow.hbone.TraceParent;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.random.RandomGenerator;

/** Carries traces on: W3C Trace Context and B3, whichever the client uses. */
final class Tracing {
  private static final HeaderName TRACEPARENT = HeaderName.of("traceparent");
  private static final HeaderName B3_TRACE = HeaderName.of("x-b3-traceid");
  private static final HeaderName B3_SPAN = HeaderName.of("x-b3-spanid");
  private static final HeaderName B3_PARENT = HeaderName.of("x-b3-parentspanid");
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private Tracing() {}

  /** A random UUID; not a secret. */
  static String requestId(RandomGenerator random) {
    long high = random.nextLong() & 0xffffffffffff0fffL | 0x4000L;
    long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
    char[] text = new char[36];
    int at = 0;
    for (int i = 0; i < 32; i++) {
      if (at == 8 || at == 13 || at == 18 || at == 23) {
        text[at++] = '-';
      }
      long bits = i < 16 ? high >>> 60 - 4 * i : low >>> 124 - 4 * i;
      text[at++] = HEX[(int) bits & 0xf];
    }
    return new String(text);
  }

  /** Puts our span between the client's and the endpoint's; begins a trace if there is none. */
  static void propagate(Headers request, double samplingPercent, RandomGenerator random) {
    int b3 = request.find(B3_TRACE);
    if (b3 >= 0) {
      int span = request.find(B3_SPAN);
      if (span >= 0) {
        request.set(B3_PARENT, request.value(span));
      }
      request.set(B3_SPAN, hex(random.nextLong() | 1));
      return;
    }
    int index = request.find(TRACEPARENT);
    TraceParent parent = index < 0 ? TraceParent.NONE : TraceParent.parse(request.value(index));
    TraceParent own =
        parent.present()
            ? parent.child()
            : new TraceParent(
                hex(random.nextLong() | 1) + hex(random.nextLong()),
                hex(random.nextLong() | 1),
                random.nextDouble(100) < samplingPercent);
    request.set(TRACEPARENT, own.format());
  }

  private static String hex(long bits) {
    char[] text = new char[16];
    for (int i = 0; i < 16; i++) {
      text[i] = HEX[(int) (bits >>> 60 - 4 * i) & 0xf];
    }
    return new String(text);
  }
}
