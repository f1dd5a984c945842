package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TunnelSocketsTest {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void whoeverDialsHearsOnItsOwnLoopAlsoWhenNoSocketCouldBeMade() throws Exception {
    EventLoop loop = group.next();
    CompletableFuture<Boolean> heardOnLoop = new CompletableFuture<>();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> {
              throw new IllegalStateException("out of descriptors");
            })
            .handler(new ChannelInboundHandlerAdapter());

    loop.execute(() ->
        TunnelSockets.connect(
                loop, bootstrap, new InetSocketAddress("127.0.0.1", 1), Optional.empty())
            .addListener(
                failed -> heardOnLoop.complete(loop.inEventLoop() && !failed.isSuccess())));

    assertThat(heardOnLoop.get(5, TimeUnit.SECONDS)).isTrue();
  }
}
