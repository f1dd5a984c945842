package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/**
 * Reads a request line (RFC 9112 §3) into pseudo-headers: one space between its parts, no other.
 * The authority is there only if the target has one; the Host field is looked at later.
 */
final class RequestLine implements HeadReader.FirstLine {
  private static final int METHOD_BYTES = 64;
  private static final byte[] ROOT = {'/'};

  private final Headers headers;
  private boolean http10;
  private boolean connect;
  private boolean hasAuthority;

  RequestLine(Headers headers) {
    this.headers = headers;
  }

  boolean http10() {
    return http10;
  }

  boolean connect() {
    return connect;
  }

  /** Whether the target itself named the host. */
  boolean hasAuthority() {
    return hasAuthority;
  }

  @Override
  public HeadFault parse(byte[] bytes, int from, int to) {
    hasAuthority = false;
    int space = Octets.indexOf(bytes, from, to, (byte) ' ');
    if (space < 0) {
      return HeadFault.BAD_REQUEST_LINE;
    }
    HeadFault fault = method(bytes, from, space);
    if (fault != HeadFault.NONE) {
      return fault;
    }
    int target = space + 1;
    int second = Octets.indexOf(bytes, target, to, (byte) ' ');
    if (second < 0 || second == target) {
      return HeadFault.BAD_REQUEST_LINE;
    }
    fault = version(bytes, second + 1, to);
    return fault != HeadFault.NONE ? fault : target(bytes, target, second);
  }

  private HeadFault method(byte[] bytes, int from, int to) {
    if (to == from) {
      return HeadFault.BAD_METHOD;
    }
    for (int i = from; i < to; i++) {
      if (Octets.token(bytes[i]) == 0) {
        return HeadFault.BAD_METHOD;
      }
    }
    if (to - from > METHOD_BYTES) {
      return HeadFault.METHOD_TOO_LONG;
    }
    headers.add(HeaderName.METHOD, bytes, from, to - from);
    connect = Octets.equals(bytes, from, to - from, "CONNECT");
    return HeadFault.NONE;
  }

  private HeadFault version(byte[] bytes, int from, int to) {
    if (to - from != 8
        || !Octets.equals(bytes, from, 5, "HTTP/")
        || !digit(bytes[from + 5])
        || bytes[from + 6] != '.'
        || !digit(bytes[from + 7])) {
      return HeadFault.BAD_VERSION;
    }
    if (bytes[from + 5] != '1') {
      return HeadFault.VERSION_NOT_SUPPORTED;
    }
    http10 = bytes[from + 7] == '0';
    return HeadFault.NONE;
  }

  private HeadFault target(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      // A fragment never travels (RFC 9112 §3.2); what is not ASCII has to be percent-encoded.
      if (b <= 0x20 || b == 0x7f || b == '#') {
        return HeadFault.BAD_TARGET;
      }
    }
    if (connect) {
      return authority(bytes, from, to);
    }
    if (bytes[from] == '/' || bytes[from] == '*' && to - from == 1 && isOptions()) {
      headers.add(HeaderName.PATH, bytes, from, to - from);
      return HeadFault.NONE;
    }
    return absolute(bytes, from, to);
  }

  private boolean isOptions() {
    return headers.valueIs(0, "OPTIONS");
  }

  private HeadFault authority(byte[] bytes, int from, int to) {
    if (!Authority.valid(bytes, from, to)) {
      return HeadFault.BAD_TARGET;
    }
    headers.add(HeaderName.AUTHORITY, bytes, from, to - from);
    hasAuthority = true;
    return HeadFault.NONE;
  }

  /** RFC 9112 §3.2.2: the target's host wins over the Host field. */
  private HeadFault absolute(byte[] bytes, int from, int to) {
    int start;
    if (to - from > 7 && Octets.equalsIgnoreCase(bytes, from, 7, "http://")) {
      start = from + 7;
    } else if (to - from > 8 && Octets.equalsIgnoreCase(bytes, from, 8, "https://")) {
      start = from + 8;
    } else {
      return HeadFault.BAD_TARGET;
    }
    int end = start;
    while (end < to && bytes[end] != '/' && bytes[end] != '?') {
      end++;
    }
    HeadFault fault = authority(bytes, start, end);
    if (fault != HeadFault.NONE) {
      return fault;
    }
    if (end == to) {
      headers.add(HeaderName.PATH, ROOT);
    } else if (bytes[end] == '/') {
      headers.add(HeaderName.PATH, bytes, end, to - end);
    } else {
      headers.add(HeaderName.PATH, "/" + Octets.text(bytes, end, to - end));
    }
    return HeadFault.NONE;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }
}
