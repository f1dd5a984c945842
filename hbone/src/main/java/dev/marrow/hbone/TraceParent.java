package dev.marrow.hbone;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The {@code traceparent} header (W3C Trace Context §3.2).
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero; empty: {@link #NONE}
 * @param spanId 16 of them, not all zero
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {
  public static final TraceParent NONE = new TraceParent("", "", false);

  private static final int LENGTH = 55;
  private static final String ZERO_TRACE = "0".repeat(32);
  private static final String ZERO_SPAN = "0".repeat(16);

  public boolean present() {
    return !traceId.isEmpty();
  }

  /** A new trace with one span, not sampled. */
  public static TraceParent random() {
    var random = ThreadLocalRandom.current();
    String trace = hex(random.nextLong() | 1) + hex(random.nextLong());
    return new TraceParent(trace, hex(random.nextLong() | 1), false);
  }

  /** Another span of the same trace. */
  public TraceParent child() {
    return new TraceParent(traceId, hex(ThreadLocalRandom.current().nextLong() | 1), sampled);
  }

  /** Reads a header. Never fails: anything but the exact form is {@link #NONE}. */
  public static TraceParent parse(String header) {
    boolean shaped =
        header.length() == LENGTH
            && header.startsWith("00-")
            && header.charAt(35) == '-'
            && header.charAt(52) == '-';
    if (!shaped || !hex(header, 3, 35) || !hex(header, 36, 52) || !hex(header, 53, 55)) {
      return NONE;
    }
    String trace = header.substring(3, 35);
    String span = header.substring(36, 52);
    boolean zero = trace.equals(ZERO_TRACE) || span.equals(ZERO_SPAN);
    boolean sampled = (Character.digit(header.charAt(54), 16) & 1) != 0;
    return zero ? NONE : new TraceParent(trace, span, sampled);
  }

  /** The header's value. */
  public String format() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static String hex(long bits) {
    char[] digits = new char[16];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = Character.forDigit((int) (bits >>> 60 - 4 * i) & 0xf, 16);
    }
    return new String(digits);
  }
}
