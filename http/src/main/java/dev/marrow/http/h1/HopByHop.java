package dev.marrow.http.h1;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.Locale;
import java.util.Set;

/**
 * What concerns one connection only and never goes on (RFC 9110 §7.6.1): the fields that steer it,
 * and those that Connection names.
 */
final class HopByHop {
  private static final HeaderName[] ALWAYS = {
    HeaderName.CONNECTION,
    HeaderName.TRANSFER_ENCODING,
    Names.KEEP_ALIVE,
    Names.PROXY_CONNECTION,
    Names.UPGRADE,
    Names.HTTP2_SETTINGS,
  };

  /** A client must not make us drop what later hops decide by. */
  private static final Set<String> KEPT =
      Set.of(
          "authorization",
          "content-length",
          "content-type",
          "cookie",
          "forwarded",
          "host",
          "set-cookie",
          "traceparent",
          "x-forwarded-client-cert",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-request-id");

  private HopByHop() {}

  /** Whether Connection has the member {@code option}, which is in lower case. */
  static boolean connectionHas(Headers headers, String option) {
    for (int i = headers.find(HeaderName.CONNECTION);
        i >= 0;
        i = headers.find(HeaderName.CONNECTION, i + 1)) {
      if (is(headers, i, option) || listed(headers, i) && names(headers.value(i), option)) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(Headers headers, int index, String option) {
    return Octets.equalsIgnoreCase(
        headers.array(), headers.valueStart(index), headers.valueLength(index), option);
  }

  private static boolean listed(Headers headers, int index) {
    int start = headers.valueStart(index);
    return Octets.indexOf(headers.array(), start, start + headers.valueLength(index), (byte) ',')
        >= 0;
  }

  private static boolean names(String list, String option) {
    for (String member : list.split(",", -1)) {
      if (member.strip().equalsIgnoreCase(option)) {
        return true;
      }
    }
    return false;
  }

  static void strip(Headers headers) {
    int connection = headers.find(HeaderName.CONNECTION);
    while (connection >= 0) {
      if (!is(headers, connection, "keep-alive") && !is(headers, connection, "close")) {
        stripNamed(headers, headers.value(connection));
      }
      connection = headers.find(HeaderName.CONNECTION, connection + 1);
    }
    for (HeaderName name : ALWAYS) {
      headers.remove(name);
    }
    int te = headers.find(HeaderName.TE);
    if (te >= 0) {
      boolean trailers = headers.value(te).toLowerCase(Locale.ROOT).contains("trailers");
      headers.remove(HeaderName.TE);
      if (trailers) {
        headers.add(HeaderName.TE, "trailers");
      }
    }
  }

  private static void stripNamed(Headers headers, String members) {
    for (String member : members.split(",", -1)) {
      String name = member.strip().toLowerCase(Locale.ROOT);
      boolean steering = name.equals("te") || name.equals("connection") || name.startsWith(":");
      if (!name.isEmpty() && !steering && !KEPT.contains(name)) {
        headers.remove(HeaderName.of(name));
      }
    }
  }
}
