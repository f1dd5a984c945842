package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.Locale;

/**
 * How long a message's body is (RFC 9112 §6.3), as a length, or one of the constants, or a fault.
 * Anything that two readers could frame in two ways is a fault.
 */
final class Framing {
  static final long CHUNKED = -1;
  static final long UNTIL_CLOSE = -2;

  /** This and everything below is a fault: {@link #fault}. */
  static final long FAULTS = -100;

  private Framing() {}

  static HeadFault fault(long framing) {
    return HeadFault.values()[(int) (FAULTS - framing)];
  }

  private static long fault(HeadFault fault) {
    return FAULTS - fault.ordinal();
  }

  static long ofRequest(Headers headers, boolean http10) {
    long framing = declared(headers, http10);
    return framing == UNTIL_CLOSE ? 0 : framing;
  }

  /** {@code noBody}: the request was HEAD, or the status has none. */
  static long ofResponse(Headers fields, boolean http10, boolean noBody) {
    long framing = declared(fields, http10);
    return noBody && framing > FAULTS ? 0 : framing;
  }

  /** What the fields say; without any, {@link #UNTIL_CLOSE}. */
  private static long declared(Headers fields, boolean http10) {
    int coding = fields.find(HeaderName.TRANSFER_ENCODING);
    int length = fields.find(HeaderName.CONTENT_LENGTH);
    if (coding >= 0) {
      if (length >= 0) {
        return fault(HeadFault.LENGTH_AND_TRANSFER_ENCODING);
      }
      if (http10) {
        return fault(HeadFault.TRANSFER_ENCODING_IN_HTTP_1_0);
      }
      return coding(fields, coding);
    }
    if (length < 0) {
      return UNTIL_CLOSE;
    }
    if (fields.find(HeaderName.CONTENT_LENGTH, length + 1) >= 0) {
      return fault(HeadFault.BAD_CONTENT_LENGTH);
    }
    long value = digits(fields.array(), fields.valueStart(length), fields.valueLength(length));
    return value < 0 ? fault(HeadFault.BAD_CONTENT_LENGTH) : value;
  }

  private static long coding(Headers fields, int index) {
    boolean several = fields.find(HeaderName.TRANSFER_ENCODING, index + 1) >= 0;
    if (!several
        && Octets.equalsIgnoreCase(
            fields.array(), fields.valueStart(index), fields.valueLength(index), "chunked")) {
      return CHUNKED;
    }
    // "gzip, chunked" is well framed but not ours to undo (RFC 9112 §6.1: 501); the rest is
    // either not chunked at its end or chunked twice.
    String value = fields.value(index).toLowerCase(Locale.ROOT);
    boolean wellFramed =
        !several && (value.endsWith(",chunked") || value.endsWith(", chunked")) && once(value);
    return fault(wellFramed ? HeadFault.UNKNOWN_TRANSFER_CODING : HeadFault.BAD_TRANSFER_ENCODING);
  }

  private static boolean once(String value) {
    return value.indexOf("chunked") == value.lastIndexOf("chunked")
        && !value.startsWith(",")
        && !value.contains("identity");
  }

  /** The number that [from, from + length) spells, digits only, or -1. */
  static long digits(byte[] bytes, int from, int length) {
    if (length == 0 || length > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
