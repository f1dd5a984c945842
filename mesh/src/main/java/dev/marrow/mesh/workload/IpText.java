package dev.marrow.mesh.workload;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads and writes IP addresses strictly: no names, no short forms, no scopes, no brackets. */
public final class IpText {
  private static final int IPV4_PARTS = 4;
  private static final int MAX_IPV6_TEXT = 45;

  private IpText() {}

  /** Reads a literal; {@code ::ffff:a.b.c.d} becomes IPv4. */
  public static InetAddress parse(String text) {
    boolean looksV6 = text.indexOf(':') >= 0;
    boolean plausible =
        looksV6
            ? text.length() <= MAX_IPV6_TEXT && text.chars().allMatch(IpText::inIpv6)
            : dottedQuad(text);
    Check.that(plausible, "address", text, "an IPv4 or IPv6 address");
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "address: '%s' (expected: an IPv4 or IPv6 address)".formatted(text), e);
    }
  }

  /** Reads 4 or 16 bytes in network order; an IPv4-mapped address becomes IPv4. */
  public static InetAddress fromBytes(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "address: %d bytes (expected: 4 or 16)".formatted(bytes.length), e);
    }
  }

  private static boolean inIpv6(int c) {
    return c == ':' || c == '.' || Character.digit(c, 16) >= 0 && c < 128;
  }

  private static boolean dottedQuad(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != IPV4_PARTS) {
      return false;
    }
    for (String part : parts) {
      if (!octet(part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean octet(String part) {
    boolean digits =
        !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean noLeadingZero = part.length() == 1 || digits && part.charAt(0) != '0';
    return digits && noLeadingZero && Integer.parseInt(part) <= 255;
  }
}
