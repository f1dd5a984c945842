package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.workload.IpText;
import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Socket addresses as values: IPv4 in IPv6 unwrapped, without scope. */
final class Addresses {
  private Addresses() {}

  static InetSocketAddress plain(SocketAddress address) {
    var inet = (InetSocketAddress) address;
    return inet.getAddress() instanceof Inet6Address six
        ? new InetSocketAddress(IpText.fromBytes(six.getAddress()), inet.getPort())
        : inet;
  }

  static InetSocketAddress remote(Channel channel) {
    return plain(channel.remoteAddress());
  }

  static InetSocketAddress local(Channel channel) {
    return plain(channel.localAddress());
  }
}
