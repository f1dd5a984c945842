package dev.marrow.nodeagent.redirect;

import static dev.marrow.nodeagent.redirect.TwoNamespaces.NODE;
import static dev.marrow.nodeagent.redirect.TwoNamespaces.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.Redirection;
import dev.marrow.ztunnel.capture.PodSockets;
import dev.marrow.ztunnel.settings.PortRange;
import dev.marrow.ztunnel.settings.SocketSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client's own ports mean for the connections that the proxy makes under its address. */
class SpoofedPortTest {
  private static final Redirection ALL = new Redirection(true, true, List.of());

  @ParameterizedTest
  @EnumSource
  void thePortOfAConnectionThatTheProxyResetDoesNotLeadItsOwnBackToIt(
      RedirectRulesTest.Backend backend) throws Exception {
    try (var net = TwoNamespaces.make();
        var inbound = listening(net.pod(), 15006);
        var app = Listener.in(net.pod(), 8080, "app")) {
      backend.rules().redirect(net.pod(), ALL);

      int port = resetByTheProxy(net.node(), inbound);

      assertThat(greetingUnderTheClientsAddress(net.pod(), port)).isEqualTo("app " + NODE);
    }
  }

  private static ServerSocket listening(Netns netns, int port) throws IOException {
    return netns.call(() -> new ServerSocket(port));
  }

  /** The port of a client that is refused as a policy would: its entry lingers as closed. */
  private static int resetByTheProxy(Netns client, ServerSocket inbound) throws Exception {
    try (Socket refused = client.call(() -> new Socket(POD, 8080))) {
      refused.setSoTimeout(5000);
      Socket accepted = inbound.accept();
      accepted.setSoLinger(true, 0);
      accepted.close();
      assertThatThrownBy(() -> refused.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      return refused.getLocalPort();
    }
  }

  private static String greetingUnderTheClientsAddress(Netns pod, int port) throws Exception {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      PodSockets sockets = PodSockets.in(pod, from(port), true);
      var greeting = new Greeting();
      new Bootstrap()
          .group(loop)
          .handler(greeting)
          .channelFactory(sockets::spoofedConnection)
          .connect(new InetSocketAddress(POD, 8080), sockets.from(InetAddress.ofLiteral(NODE)))
          .sync();
      return greeting.heard.get(5, TimeUnit.SECONDS);
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static SocketSettings from(int port) {
    return new SocketSettings(
        OptionalInt.of(1337),
        SocketSettings.Spoofing.ALWAYS,
        new PortRange(port, port),
        true,
        Optional.empty(),
        128,
        Duration.ofSeconds(5),
        SocketSettings.Flow.USUAL);
  }

  private static final class Greeting extends SimpleChannelInboundHandler<ByteBuf> {
    final CompletableFuture<String> heard = new CompletableFuture<>();

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      heard.complete(bytes.toString(StandardCharsets.UTF_8).strip());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      heard.completeExceptionally(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      heard.completeExceptionally(new IOException("ended before it said who it is"));
    }
  }
}
