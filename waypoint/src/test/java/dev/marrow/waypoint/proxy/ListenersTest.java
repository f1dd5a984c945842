package dev.marrow.waypoint.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenersTest {
  @Test
  void aConnectionThatCannotBeServedIsClosed() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
      Listeners listeners = new Listeners(loops, NioServerSocketChannel::new, Map.of());
      var port = listeners.plain(new InetSocketAddress(loopback, 0), "shop/reviews", 80).sync();
      InetSocketAddress address = (InetSocketAddress) port.channel().localAddress();

      try (Socket client = new Socket(loopback, address.getPort())) {
        client.setSoTimeout(10_000);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      listeners.close();
    }
  }
}
