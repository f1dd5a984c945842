package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A small HTTP/2 server without TLS that answers every request, when it is complete, with what it
 * got, or with a greeting. Target of h2spec: {@code java … H2cServer 18080}.
 */
public final class H2cServer implements AutoCloseable {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Limit> reached = new java.util.concurrent.CopyOnWriteArrayList<>();
  private final Channel channel;

  public H2cServer(int port, Settings settings, Limits limits) {
    channel =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel child) {
                    H2Connection.server(ChannelStream.on(child), settings, limits, new Greeter());
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** The limits that were reached, in order. */
  public List<Limit> reached() {
    return reached;
  }

  public static void main(String[] arguments) throws InterruptedException {
    var server = new H2cServer(Integer.parseInt(arguments[0]), Settings.http(), Limits.standard());
    server.channel.closeFuture().sync();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Greeter implements ConnectionListener {
    @Override
    public void onLimit(Limit limit) {
      reached.add(limit);
    }

    @Override
    public StreamListener onStream(H2Stream stream, Headers headers, boolean endStream) {
      var answer = new Answer(stream);
      stream.listen(answer);
      return answer;
    }
  }

  private static final class Answer implements StreamListener, ByteStream.Listener {
    private final H2Stream stream;
    private final List<ByteBuf> body = new ArrayList<>();

    Answer(H2Stream stream) {
      this.stream = stream;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      body.add(bytes);
      stream.consumed(bytes.readableBytes());
    }

    @Override
    public void onFinish() {
      stream.sendHeaders(new Headers().add(HeaderName.STATUS, "200"), false);
      if (body.isEmpty()) {
        body.add(
            Unpooled.copiedBuffer(
                "hello, world".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
      }
      body.forEach(stream::write);
      body.clear();
      stream.finish();
    }

    @Override
    public void onReset(Abort why) {
      body.forEach(ByteBuf::release);
      body.clear();
    }
  }
}
