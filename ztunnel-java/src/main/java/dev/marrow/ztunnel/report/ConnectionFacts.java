package dev.marrow.ztunnel.report;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/**
 * What one connection is, for its report.
 *
 * @param hop where this process connected to, or meant to
 * @param tunnelAuthority what CONNECT asks for; empty without a tunnel
 * @param mutualTls whether both ends proved who they are
 */
public record ConnectionFacts(
    Reporter reporter,
    InetSocketAddress client,
    Party source,
    InetSocketAddress hop,
    String tunnelAuthority,
    Party destination,
    ServiceName service,
    boolean mutualTls) {

  TrafficLabels labels(Flag flag) {
    return new TrafficLabels(reporter, source, destination, service, flag.text(), mutualTls);
  }

  /** An address as it is written in logs: {@code 10.0.0.1:80}, {@code [fd00::1]:80} (RFC 5952). */
  public static String text(InetSocketAddress address) {
    String host =
        address.getAddress() == null
            ? address.getHostString()
            : NetUtil.toAddressString(address.getAddress());
    return host.indexOf(':') >= 0
        ? "[" + host + "]:" + address.getPort()
        : host + ":" + address.getPort();
  }
}
