package dev.marrow.ztunnel.capture;

import static dev.marrow.linux.SocketOptions.IP6T_SO_ORIGINAL_DST;
import static dev.marrow.linux.SocketOptions.SOL_IP;
import static dev.marrow.linux.SocketOptions.SOL_IPV6;
import static dev.marrow.linux.SocketOptions.SO_ORIGINAL_DST;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Where an application wanted to go, of a connection that was redirected to us. */
public final class OriginalDestination {
  // sockaddr_in: family 0, port 2, address 4. sockaddr_in6: family 0, port 2, flow 4, address 8.
  private static final int IN_BYTES = 16;
  private static final int IN6_BYTES = 28;
  private static final RawUnixChannelOption V4 =
      new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, IN_BYTES);
  private static final RawUnixChannelOption V6 =
      new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, IP6T_SO_ORIGINAL_DST, IN6_BYTES);

  private OriginalDestination() {}

  /**
   * Asks the kernel. The address the socket is bound to if the connection was not redirected, which
   * is the original one with TPROXY. Mapped addresses come back as IPv4.
   */
  public static InetSocketAddress of(Channel accepted) {
    var local = unmapped((InetSocketAddress) accepted.localAddress());
    if (!(accepted instanceof EpollSocketChannel epoll)) {
      return local;
    }
    // A v4 connection on a v6 socket knows only the v4 option: the address decides, not the socket.
    boolean v4 = local.getAddress() instanceof Inet4Address;
    return read(epoll, v4 ? V4 : V6, v4).orElse(local);
  }

  private static Optional<InetSocketAddress> read(
      EpollSocketChannel channel, RawUnixChannelOption option, boolean v4) {
    try {
      ByteBuffer address = channel.config().getOption(option);
      return address == null ? Optional.empty() : Optional.of(parse(address, v4));
    } catch (ChannelException notRedirected) {
      return Optional.empty();
    }
  }

  static InetSocketAddress parse(ByteBuffer address, boolean v4) {
    int port = Short.toUnsignedInt(address.order(java.nio.ByteOrder.BIG_ENDIAN).getShort(2));
    byte[] bytes = new byte[v4 ? 4 : 16];
    address.get(v4 ? 4 : 8, bytes);
    try {
      return unmapped(new InetSocketAddress(InetAddress.getByAddress(bytes), port));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The same address, as IPv4 if it is an IPv4-mapped one. A scope is dropped. */
  public static InetSocketAddress unmapped(InetSocketAddress address) {
    if (!(address.getAddress() instanceof Inet6Address v6)) {
      return address;
    }
    try {
      // getByAddress turns ::ffff:a.b.c.d into an Inet4Address.
      return new InetSocketAddress(InetAddress.getByAddress(v6.getAddress()), address.getPort());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
