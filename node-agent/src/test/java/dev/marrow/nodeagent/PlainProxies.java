package dev.marrow.nodeagent;

import dev.marrow.linux.Netns;
import dev.marrow.ztunnel.capture.OriginalDestination;
import dev.marrow.ztunnel.capture.PodProxies;
import dev.marrow.ztunnel.capture.PodSockets;
import dev.marrow.ztunnel.capture.PodUid;
import dev.marrow.ztunnel.capture.PodWorkload;
import dev.marrow.ztunnel.settings.PortRange;
import dev.marrow.ztunnel.settings.SocketSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Node proxies without tunnels: captured bytes go on to where they were going, as they are. */
final class PlainProxies implements PodProxies, AutoCloseable {
  private static final SocketSettings SETTINGS =
      new SocketSettings(
          OptionalInt.of(1337),
          SocketSettings.Spoofing.ALWAYS,
          new PortRange(10240, 32767),
          true,
          Optional.empty(),
          128,
          Duration.ofSeconds(5),
          SocketSettings.Flow.USUAL);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final AtomicInteger outbound = new AtomicInteger();
  private final AtomicInteger inbound = new AtomicInteger();
  private final Map<PodUid, List<Channel>> listeners = new ConcurrentHashMap<>();

  int outbound() {
    return outbound.get();
  }

  int inbound() {
    return inbound.get();
  }

  @Override
  public Start start(PodUid uid, PodWorkload workload, Netns netns) {
    var open = new ArrayList<Channel>();
    listeners.put(uid, open);
    try {
      PodSockets sockets = PodSockets.in(netns, SETTINGS, true);
      open.add(listen(sockets, 15001, client -> dial(sockets, client, false)));
      open.add(listen(sockets, 15006, client -> dial(sockets, client, true)));
      open.getFirst().closeFuture().addListener(closed -> netns.close());
      return new Start.Started();
    } catch (Exception failure) {
      stop(uid);
      return new Start.Failed(String.valueOf(failure.getMessage()));
    }
  }

  @Override
  public void stop(PodUid uid) {
    Optional.ofNullable(listeners.remove(uid))
        .ifPresent(open -> open.forEach(c -> c.close().syncUninterruptibly()));
  }

  private interface Accepted {
    void with(Channel client);
  }

  private Channel listen(PodSockets sockets, int port, Accepted accepted)
      throws InterruptedException {
    return new ServerBootstrap()
        .group(loops)
        .channelFactory(sockets::captureListener)
        .childOption(ChannelOption.AUTO_READ, false)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                accepted.with(channel);
              }
            })
        .bind(sockets.anyAddress(port))
        .sync()
        .channel();
  }

  private void dial(PodSockets sockets, Channel client, boolean in) {
    (in ? inbound : outbound).incrementAndGet();
    InetSocketAddress target = OriginalDestination.of(client);
    var peer = OriginalDestination.unmapped((InetSocketAddress) client.remoteAddress());
    Bootstrap bootstrap =
        new Bootstrap()
            .group(client.eventLoop())
            .option(ChannelOption.AUTO_READ, false)
            .handler(new Copy(client));
    boolean spoofed = in && !peer.getAddress().equals(target.getAddress());
    ChannelFuture dialled =
        spoofed
            ? bootstrap
                .channelFactory(sockets::spoofedConnection)
                .connect(target, sockets.from(peer.getAddress()))
            : bootstrap.channelFactory(sockets::connection).connect(target);
    client.pipeline().addLast(new Copy(dialled.channel()));
    dialled.addListener(done -> {
      if (done.isSuccess()) {
        client.read();
        dialled.channel().read();
      } else {
        client.close();
      }
    });
  }

  @Override
  public void close() throws InterruptedException {
    List.copyOf(listeners.keySet()).forEach(this::stop);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  private static final class Copy extends ChannelInboundHandlerAdapter {
    private final Channel to;

    Copy(Channel to) {
      this.to = to;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      to.writeAndFlush(message).addListener(written -> context.read());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      to.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER)
          .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
