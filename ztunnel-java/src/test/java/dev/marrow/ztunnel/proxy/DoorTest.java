package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.SteadyEpoll;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoorTest {
  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, SteadyEpoll.newFactory());
  private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void whatIsKeptIsServedByTheLoopThatAcceptedIt() throws Exception {
    Channel door = open(own -> true);

    Set<EventLoop> serving = serving(door, 4);

    assertThat(serving).containsExactly(door.eventLoop());
  }

  @Test
  void whatIsNotKeptIsSharedOut() throws Exception {
    Channel door = open(own -> false);

    Set<EventLoop> serving = serving(door, 4);

    assertThat(serving).hasSize(2);
  }

  @Test
  void whoeverTakesItAndFailsLeavesNothingOpen() throws Exception {
    Channel door =
        open(
            own -> true,
            channel -> {
              throw new IllegalStateException("a mistake");
            });
    var to = (InetSocketAddress) door.localAddress();

    try (Socket client = new Socket(to.getAddress(), to.getPort())) {
      client.setSoTimeout(5000);
      assertThat(TestApp.over(client)).isTrue();
    }
  }

  @Test
  void withoutDescriptorsItPausesAndLeavesNoTraceOfTheStack() {
    var door = new Door(group, new WriteBufferWaterMark(1, 2), own -> true, accepted::add);
    var channel = new EmbeddedChannel(door);

    channel.pipeline().fireExceptionCaught(new IOException("accept: too many open files"));

    assertThat(channel.config().isAutoRead()).isFalse();
    // What nobody took, the end of the pipeline would log with its stack.
    channel.checkException();
  }

  private Channel open(Predicate<EventLoop> keeps) throws InterruptedException {
    return open(keeps, accepted::add);
  }

  private Channel open(Predicate<EventLoop> keeps, Consumer<Channel> taker)
      throws InterruptedException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new Bootstrap()
        .group(group)
        .channelFactory(EpollServerSocketChannel::new)
        .handler(new Door(group, new WriteBufferWaterMark(1, 2), keeps, taker))
        .bind(address)
        .sync()
        .channel();
  }

  private Set<EventLoop> serving(Channel door, int count) throws Exception {
    var loops = new HashSet<EventLoop>();
    var to = (InetSocketAddress) door.localAddress();
    for (int i = 0; i < count; i++) {
      try (Socket client = new Socket(to.getAddress(), to.getPort())) {
        Channel channel = accepted.poll(30, TimeUnit.SECONDS);
        assertThat(channel).isNotNull();
        assertThat(channel.config().isAutoRead()).isFalse();
        loops.add(channel.eventLoop());
        channel.close();
      }
    }
    return loops;
  }
}
