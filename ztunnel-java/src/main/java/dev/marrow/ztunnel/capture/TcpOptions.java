package dev.marrow.ztunnel.capture;

import dev.marrow.linux.SocketOptions;
import dev.marrow.ztunnel.settings.SocketSettings.KeepAlive;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Options of TCP that can be set on a listener, too: the kernel gives them to what it accepts, so
 * that a new connection costs no call for them. Netty has most of them for connections only.
 */
final class TcpOptions {
  private static final int SOL_TCP = 6;
  private static final IntegerUnixChannelOption KEEP_ALIVE =
      new IntegerUnixChannelOption("SO_KEEPALIVE", SocketOptions.SOL_SOCKET, 9);
  private static final IntegerUnixChannelOption KEEP_IDLE = tcp("TCP_KEEPIDLE", 4);
  private static final IntegerUnixChannelOption KEEP_INTERVAL = tcp("TCP_KEEPINTVL", 5);
  private static final IntegerUnixChannelOption KEEP_COUNT = tcp("TCP_KEEPCNT", 6);
  private static final IntegerUnixChannelOption USER_TIMEOUT = tcp("TCP_USER_TIMEOUT", 18);
  private static final int CONGESTION = 13;
  private static final int LONGEST_NAME = 16;

  private TcpOptions() {}

  private static IntegerUnixChannelOption tcp(String name, int number) {
    return new IntegerUnixChannelOption(name, SOL_TCP, number);
  }

  static void keepAlive(Channel channel, KeepAlive keepAlive) {
    set(channel, KEEP_ALIVE, 1);
    set(channel, KEEP_IDLE, (int) keepAlive.idle().toSeconds());
    set(channel, KEEP_INTERVAL, (int) keepAlive.interval().toSeconds());
    set(channel, KEEP_COUNT, keepAlive.probes());
    if (keepAlive.userTimeout()) {
      set(channel, USER_TIMEOUT, Math.toIntExact(keepAlive.userTimeoutOf().toMillis()));
    }
  }

  /**
   * @param algorithm empty for the kernel's default
   */
  static void congestion(Channel channel, String algorithm) {
    byte[] name = algorithm.getBytes(StandardCharsets.US_ASCII);
    if (name.length > 0) {
      var option = new RawUnixChannelOption("TCP_CONGESTION", SOL_TCP, CONGESTION, name.length);
      set(channel, option, ByteBuffer.wrap(name));
    }
  }

  /** The name of what a socket has. */
  static String congestion(Channel channel) {
    var option = new RawUnixChannelOption("TCP_CONGESTION", SOL_TCP, CONGESTION, LONGEST_NAME);
    ByteBuffer name = channel.config().getOption(option);
    return StandardCharsets.US_ASCII.decode(name).toString().trim();
  }

  static <T> void set(Channel channel, ChannelOption<T> option, T value) {
    if (!channel.config().setOption(option, value)) {
      throw new ChannelException("%s: not an option of %s".formatted(option, channel.getClass()));
    }
  }
}
