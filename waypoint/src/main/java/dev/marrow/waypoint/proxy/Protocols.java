package dev.marrow.waypoint.proxy;

import dev.marrow.http.h1.Octets;
import java.nio.charset.StandardCharsets;

/** Tells by its first bytes what a client speaks. Pure. */
final class Protocols {
  /** What it is. */
  enum Spoken {
    /** More bytes are needed. */
    UNDECIDED,
    HTTP1,
    HTTP2,
    TLS,
    OTHER
  }

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int METHOD_BYTES = 32;

  private Protocols() {}

  static Spoken of(byte[] bytes, int length) {
    if (length == 0) {
      return Spoken.UNDECIDED;
    }
    if (bytes[0] == 0x16) {
      return length < 2 ? Spoken.UNDECIDED : bytes[1] == 0x03 ? Spoken.TLS : Spoken.OTHER;
    }
    int same = 0;
    while (same < length && same < PREFACE.length && bytes[same] == PREFACE[same]) {
      same++;
    }
    if (same == PREFACE.length) {
      return Spoken.HTTP2;
    }
    if (same == length) {
      return Spoken.UNDECIDED;
    }
    return method(bytes, length);
  }

  /** A method in capitals, a space, and then a slash, an asterisk or a letter. */
  private static Spoken method(byte[] bytes, int length) {
    int i = 0;
    while (i < length && i < METHOD_BYTES && (upper(bytes[i]) || i > 0 && bytes[i] == '-')) {
      i++;
    }
    if (i == length) {
      return i < METHOD_BYTES ? Spoken.UNDECIDED : Spoken.OTHER;
    }
    if (i == 0 || bytes[i] != ' ') {
      return Spoken.OTHER;
    }
    if (i + 1 == length) {
      return Spoken.UNDECIDED;
    }
    byte target = bytes[i + 1];
    boolean plausible = target == '/' || target == '*' || Octets.token(target) != 0;
    return plausible ? Spoken.HTTP1 : Spoken.OTHER;
  }

  private static boolean upper(byte b) {
    return b >= 'A' && b <= 'Z';
  }
}
