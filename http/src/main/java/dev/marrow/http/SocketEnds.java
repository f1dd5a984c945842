package dev.marrow.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/**
 * How one direction of a socket ends. Netty's ways make an exception each time, with the trace of
 * its stack, and most connections end in order.
 */
final class SocketEnds {
  private SocketEnds() {}

  /**
   * Says that nothing more will be written. Call when everything has been.
   *
   * @param last whether nothing but the end of input is awaited by somebody who is there: then it
   *     may close the channel, where shutting down input would fail, as both directions are over
   */
  static void endOutput(Channel channel, boolean last) {
    if (last) {
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    }
    if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
      shutDown(socket);
    } else if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  private static void shutDown(Socket socket) {
    try {
      socket.shutdown(false, true);
    } catch (IOException | NotYetConnectedException gone) {
      // The connection is lost: reading tells.
    }
  }
}
