package dev.marrow.http.h2;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;

/**
 * Whether a header list is well-formed (RFC 9113 §8.2, §8.3, §8.5; RFC 8441 §4). Pure. Each check
 * answers {@link #WELL_FORMED} or what is wrong, in words without the peer's bytes.
 */
final class HeaderRules {
  static final String WELL_FORMED = "";

  private static final HeaderName KEEP_ALIVE = HeaderName.of("keep-alive");
  private static final HeaderName PROXY_CONNECTION = HeaderName.of("proxy-connection");
  private static final HeaderName UPGRADE = HeaderName.of("upgrade");

  private static final HeaderName[] OF_CONNECTION = {
    HeaderName.CONNECTION, HeaderName.TRANSFER_ENCODING, UPGRADE, KEEP_ALIVE, PROXY_CONNECTION
  };

  private static final int METHOD = 1;
  private static final int SCHEME = 2;
  private static final int PATH = 4;
  private static final int AUTHORITY = 8;
  private static final int PROTOCOL = 16;
  private static final int STATUS = 32;

  /** Token characters without upper-case letters (RFC 9110 §5.6.2, RFC 9113 §8.2.1). */
  private static final boolean[] NAME = new boolean[256];

  static {
    for (char c = 'a'; c <= 'z'; c++) {
      NAME[c] = true;
    }
    for (char c = '0'; c <= '9'; c++) {
      NAME[c] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      NAME[c] = true;
    }
  }

  private HeaderRules() {}

  static String request(Headers headers, boolean extendedConnect) {
    int pseudo = pseudoHeaders(headers);
    if (pseudo < 0 || (pseudo & STATUS) != 0) {
      return "pseudo-headers: unknown, twice, or behind others";
    }
    if ((pseudo & METHOD) == 0 || !method(headers, headers.find(HeaderName.METHOD))) {
      return ":method: none, or no token";
    }
    String shape = requestShape(headers, pseudo, extendedConnect);
    return shape.isEmpty() ? fields(headers) : shape;
  }

  private static String requestShape(Headers headers, int pseudo, boolean extendedConnect) {
    boolean connect = headers.valueIs(headers.find(HeaderName.METHOD), "CONNECT");
    boolean protocol = (pseudo & PROTOCOL) != 0;
    if (protocol && !(connect && extendedConnect)) {
      return ":protocol: not offered";
    }
    if (connect && !protocol) {
      return pseudo == (METHOD | AUTHORITY) && filled(headers, HeaderName.AUTHORITY)
          ? WELL_FORMED
          : "CONNECT: needs :authority, and neither :scheme nor :path";
    }
    if ((pseudo & SCHEME) == 0 || !filled(headers, HeaderName.SCHEME)) {
      return ":scheme: none";
    }
    if ((pseudo & PATH) == 0 || !path(headers)) {
      return ":path: none, or neither a path nor *";
    }
    return protocol && !filled(headers, HeaderName.AUTHORITY) ? ":authority: none" : WELL_FORMED;
  }

  static String response(Headers headers) {
    if (pseudoHeaders(headers) != STATUS) {
      return ":status: none, or other pseudo-headers";
    }
    int status = status(headers);
    return status < 100 || status == 101 ? ":status: no number for HTTP/2" : fields(headers);
  }

  static String trailers(Headers headers) {
    return pseudoHeaders(headers) == 0 ? fields(headers) : "trailers: pseudo-header";
  }

  /** The status, or -1 if it is not three digits. */
  static int status(Headers headers) {
    int i = headers.find(HeaderName.STATUS);
    if (i < 0 || headers.valueLength(i) != 3) {
      return -1;
    }
    int status = 0;
    for (int at = 0; at < 3; at++) {
      int digit = headers.array()[headers.valueStart(i) + at] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      status = status * 10 + digit;
    }
    return status;
  }

  /** The content-length; -1: none; -2: not one number (RFC 9110 §8.6). */
  static long contentLength(Headers headers) {
    long length = -1;
    for (int i = headers.find(HeaderName.CONTENT_LENGTH);
        i >= 0;
        i = headers.find(HeaderName.CONTENT_LENGTH, i + 1)) {
      long value = number(headers, i);
      if (value < 0 || length >= 0 && length != value) {
        return -2;
      }
      length = value;
    }
    return length;
  }

  private static long number(Headers headers, int i) {
    int length = headers.valueLength(i);
    if (length < 1 || length > 18) {
      return -2;
    }
    long number = 0;
    for (int at = headers.valueStart(i), end = at + length; at < end; at++) {
      int digit = headers.array()[at] - '0';
      if (digit < 0 || digit > 9) {
        return -2;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /** The set of pseudo-headers; -1 if one is unknown, there twice, or behind a regular field. */
  private static int pseudoHeaders(Headers headers) {
    int found = 0;
    boolean regular = false;
    for (int i = 0; i < headers.size(); i++) {
      if (headers.nameLength(i) == 0 || headers.array()[headers.nameStart(i)] != ':') {
        regular = true;
        continue;
      }
      int one = pseudo(headers, i);
      if (regular || one == 0 || (found & one) != 0) {
        return -1;
      }
      found |= one;
    }
    return found;
  }

  private static int pseudo(Headers headers, int i) {
    if (headers.nameIs(i, HeaderName.METHOD)) {
      return METHOD;
    } else if (headers.nameIs(i, HeaderName.PATH)) {
      return PATH;
    } else if (headers.nameIs(i, HeaderName.SCHEME)) {
      return SCHEME;
    } else if (headers.nameIs(i, HeaderName.AUTHORITY)) {
      return AUTHORITY;
    } else if (headers.nameIs(i, HeaderName.STATUS)) {
      return STATUS;
    }
    return headers.nameIs(i, HeaderName.PROTOCOL) ? PROTOCOL : 0;
  }

  private static boolean filled(Headers headers, HeaderName name) {
    int i = headers.find(name);
    return i >= 0 && headers.valueLength(i) > 0;
  }

  private static boolean path(Headers headers) {
    int i = headers.find(HeaderName.PATH);
    boolean rooted = headers.valueLength(i) > 0 && headers.array()[headers.valueStart(i)] == '/';
    return rooted || headers.valueIs(i, "*");
  }

  private static boolean method(Headers headers, int i) {
    for (int at = headers.valueStart(i), end = at + headers.valueLength(i); at < end; at++) {
      int c = headers.array()[at] & 0xff;
      if (!NAME[c] && (c < 'A' || c > 'Z')) {
        return false;
      }
    }
    return headers.valueLength(i) > 0;
  }

  private static String fields(Headers headers) {
    for (int i = 0; i < headers.size(); i++) {
      if (!name(headers, i)) {
        return "field name: empty, upper case, or no token";
      }
      if (!value(headers, i)) {
        return "field value: control character, or space at an end";
      }
    }
    for (HeaderName name : OF_CONNECTION) {
      if (headers.contains(name)) {
        return name + ": belongs to a connection";
      }
    }
    for (int te = headers.find(HeaderName.TE); te >= 0; te = headers.find(HeaderName.TE, te + 1)) {
      if (!headers.valueIs(te, "trailers")) {
        return "te: not 'trailers'";
      }
    }
    return WELL_FORMED;
  }

  private static boolean name(Headers headers, int i) {
    byte[] bytes = headers.array();
    int start = headers.nameStart(i);
    int end = start + headers.nameLength(i);
    if (start == end) {
      return false;
    }
    for (int at = bytes[start] == ':' ? start + 1 : start; at < end; at++) {
      if (!NAME[bytes[at] & 0xff]) {
        return false;
      }
    }
    return true;
  }

  private static boolean value(Headers headers, int i) {
    byte[] bytes = headers.array();
    int start = headers.valueStart(i);
    int end = start + headers.valueLength(i);
    if (start == end) {
      return true;
    }
    for (int at = start; at < end; at++) {
      int c = bytes[at];
      if (c >= 0 && c < 0x20 && c != '\t' || c == 0x7f) {
        return false;
      }
    }
    return !blank(bytes[start]) && !blank(bytes[end - 1]);
  }

  private static boolean blank(byte c) {
    return c == ' ' || c == '\t';
  }
}
