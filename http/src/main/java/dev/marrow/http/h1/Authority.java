package dev.marrow.http.h1;

/** The grammar of Host and of a target's authority (RFC 3986 §3.2 without user info). */
public final class Authority {
  private Authority() {}

  public static boolean valid(byte[] bytes, int from, int to) {
    if (from == to) {
      return false;
    }
    int i = from;
    if (bytes[i] == '[') {
      i++;
      while (i < to && (hex(bytes[i]) || bytes[i] == ':' || bytes[i] == '.')) {
        i++;
      }
      if (i == from + 1 || i == to || bytes[i] != ']') {
        return false;
      }
      i++;
    } else {
      while (i < to && host(bytes[i])) {
        i++;
      }
      if (i == from) {
        return false;
      }
    }
    return i == to || bytes[i] == ':' && port(bytes, i + 1, to);
  }

  private static boolean port(byte[] bytes, int from, int to) {
    int port = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9' || to - from > 5) {
        return false;
      }
      port = port * 10 + bytes[i] - '0';
    }
    return port <= 65535;
  }

  private static boolean host(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || "-._~%!$&'()*+,;=".indexOf(b) >= 0 && b > 0;
  }

  private static boolean hex(byte b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F';
  }
}
