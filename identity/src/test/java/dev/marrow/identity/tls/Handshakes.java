package dev.marrow.identity.tls;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A server and a client on loopback that shake hands, and what each says about it. */
final class Handshakes implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
  private final CompletableFuture<End> accepted = new CompletableFuture<>();
  private final Channel listener;

  /** One end: its handler, and the first thing that came after the handshake. */
  record End(SslHandler tls, CompletableFuture<String> outcome) {}

  Handshakes(Function<ByteBufAllocator, SslHandler> server) {
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.complete(install(channel, server.apply(channel.alloc())));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  End server() {
    return accepted.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Connects and sends "hello" when the client's side of the handshake is done. */
  End connect(Function<ByteBufAllocator, SslHandler> client) {
    return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), client);
  }

  /** Connects to somebody else; {@code below} stand between TLS and the wire. */
  End connect(
      InetSocketAddress to,
      Function<ByteBufAllocator, SslHandler> client,
      ChannelHandler... below) {
    CompletableFuture<End> end = new CompletableFuture<>();
    new Bootstrap()
        .group(loops)
        .channel(EpollSocketChannel.class)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(below);
                end.complete(install(channel, client.apply(channel.alloc())));
              }
            })
        .connect(to);
    return end.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** "hello" if the other side's bytes came, else the name of the failure. */
  static String outcome(End end) {
    return end.outcome().orTimeout(15, TimeUnit.SECONDS).join();
  }

  private static End install(Channel channel, SslHandler tls) {
    End end = new End(tls, new CompletableFuture<>());
    channel.pipeline().addLast(tls, new Greeter(end));
    return end;
  }

  private static final class Greeter extends ChannelInboundHandlerAdapter {
    private final End end;

    Greeter(End end) {
      this.end = end;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      end.tls()
          .handshakeFuture()
          .addListener(done -> {
            if (done.isSuccess()) {
              ctx.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
            } else {
              end.outcome().complete(HandshakeFailure.of(done.cause()).name());
            }
          });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      end.outcome().complete(((ByteBuf) message).toString(StandardCharsets.US_ASCII));
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      end.outcome().complete(HandshakeFailure.of(cause).name());
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end.outcome().complete("CLOSED");
    }
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
