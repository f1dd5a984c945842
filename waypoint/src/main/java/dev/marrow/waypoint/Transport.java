package dev.marrow.waypoint;

import dev.marrow.hbone.SteadyEpoll;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;

/** Event loops and the sockets that go with them: epoll, or the JDK's selector. */
record Transport(
    MultiThreadIoEventLoopGroup group,
    ChannelFactory<Channel> sockets,
    ChannelFactory<ServerChannel> servers) {
  /** {@code loops} 0: one per processor. */
  static Transport open(int loops) {
    int count = loops == 0 ? Runtime.getRuntime().availableProcessors() : loops;
    if (Epoll.isAvailable()) {
      return new Transport(
          new MultiThreadIoEventLoopGroup(count, SteadyEpoll.newFactory()),
          EpollSocketChannel::new,
          EpollServerSocketChannel::new);
    }
    return new Transport(
        new MultiThreadIoEventLoopGroup(count, NioIoHandler.newFactory()),
        NioSocketChannel::new,
        NioServerSocketChannel::new);
  }

  int count() {
    return group.executorCount();
  }

  Iterable<EventExecutor> loops() {
    return group;
  }
}
