package dev.marrow.nodeagent.redirect;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * The addresses under which the node itself speaks to pods, so that a pod can tell its probes from
 * its neighbours' requests.
 */
public record ProbeSource(Inet4Address v4, Inet6Address v6) {
  public static final ProbeSource STANDARD =
      parse("169.254.7.127", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff");

  public static ProbeSource parse(String v4, String v6) {
    if (InetAddress.ofLiteral(v4) instanceof Inet4Address four
        && InetAddress.ofLiteral(v6) instanceof Inet6Address six) {
      return new ProbeSource(four, six);
    }
    throw new IllegalArgumentException(
        "probe source: '%s', '%s' (expected: an IPv4 and an IPv6 address)".formatted(v4, v6));
  }
}
