package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.SteadyEpoll;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppDialerTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("127.0.0.9");

  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());

  @AfterEach
  void stop() {
    loops.shutdownGracefully().syncUninterruptibly();
  }

  @Test
  void aPortThatIsTakenIsPassedBy() throws Exception {
    try (ServerSocket app = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"));
        ServerSocket listens = new ServerSocket(0, 8, CLIENT);
        Socket talks = new Socket(app.getInetAddress(), app.getLocalPort(), CLIENT, 0);
        Socket free = new Socket()) {
      free.bind(new InetSocketAddress(CLIENT, 0));
      int next = free.getLocalPort();
      free.close();
      var ports = List.of(talks.getLocalPort(), listens.getLocalPort(), next);

      ChannelFuture dialled = dial(app, new ArrayDeque<>(ports)).sync();

      assertThat(dialled.channel().localAddress()).isEqualTo(new InetSocketAddress(CLIENT, next));
      dialled.channel().close().sync();
    }
  }

  @Test
  void ifAllAreTakenTheKernelChooses() throws Exception {
    try (ServerSocket app = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"));
        ServerSocket listens = new ServerSocket(0, 8, CLIENT)) {
      Queue<Integer> ports = new ArrayDeque<>();
      while (ports.size() < 100) {
        ports.add(listens.getLocalPort());
      }

      ChannelFuture dialled = dial(app, ports).sync();

      assertThat(((InetSocketAddress) dialled.channel().localAddress()).getAddress())
          .isEqualTo(CLIENT);
      assertThat(ports).isNotEmpty();
      dialled.channel().close().sync();
    }
  }

  @Test
  void whoRefusesIsAskedOnce() throws Exception {
    int closed;
    try (ServerSocket app = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"))) {
      closed = app.getLocalPort();
    }
    Queue<Integer> ports = new ArrayDeque<>(List.of(0, 0, 0));

    ChannelFuture dialled = dial(new InetSocketAddress("127.0.0.1", closed), ports);

    assertThat(dialled.await(10_000)).isTrue();
    assertThat(dialled.cause()).hasMessageContaining("refused");
    assertThat(ports).hasSize(2);
  }

  private ChannelFuture dial(ServerSocket app, Queue<Integer> ports) throws Exception {
    return dial(new InetSocketAddress(app.getInetAddress(), app.getLocalPort()), ports);
  }

  private ChannelFuture dial(InetSocketAddress app, Queue<Integer> ports) throws Exception {
    var dialer = new AppDialer(loops.next(), sockets(ports), Duration.ofSeconds(10));
    return loops.submit(() -> dialer.dialAs(CLIENT, app)).get();
  }

  /**
   * Loopback sockets that may be bound to clients' addresses, at {@code ports} one after another.
   */
  private static Sockets sockets(Queue<Integer> ports) {
    return new TestNode.Loopback("127.0.0.1") {
      @Override
      public boolean transparent() {
        return true;
      }

      @Override
      public InetSocketAddress addressAs(InetAddress client) {
        return new InetSocketAddress(client, ports.remove());
      }
    };
  }
}
