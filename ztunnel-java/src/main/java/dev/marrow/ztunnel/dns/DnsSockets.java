package dev.marrow.ztunnel.dns;

import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/** Makes sockets where the client is, so that its network policies hold for our queries, too. */
public interface DnsSockets {
  DatagramChannel datagrams(SocketProtocolFamily family);

  SocketChannel stream();

  ServerChannel listener();

  /** A datagram socket of the family of {@code address}. */
  default DatagramChannel datagramsFor(InetSocketAddress address) {
    return datagrams(
        address.getAddress() instanceof Inet4Address
            ? SocketProtocolFamily.INET
            : SocketProtocolFamily.INET6);
  }
}
