package dev.marrow.ztunnel.proxy;

import dev.marrow.http.ChannelStream;
import dev.marrow.ztunnel.dns.DnsServer;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.Reporter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Takes SOCKS5 clients on port 15080, the handiest way into the mesh without redirection. Success
 * is said before upstream is open. Not for production.
 */
final class Socks5Listener {
  private static final int HANDSHAKE_SECONDS = 5;

  private final PodLoops loops;
  private final DnsServer.Names names;
  private final IllegalPorts illegal;

  Socks5Listener(PodLoops loops, DnsServer.Names names, IllegalPorts illegal) {
    this.loops = loops;
    this.names = names;
    this.illegal = illegal;
  }

  void accept(Channel channel) {
    if (!loops.of(channel).admits()) {
      channel.close();
      return;
    }
    channel.pipeline().addLast(new Handshake());
    channel.read();
  }

  private final class Handshake extends ByteToMessageDecoder {
    private boolean greeted;
    private boolean over;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      context
          .executor()
          .schedule(
              () -> {
                if (!over) {
                  context.close();
                }
              },
              HANDSHAKE_SECONDS,
              TimeUnit.SECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (over) {
        return;
      }
      Socks5.Message message = greeted ? Socks5.request(in) : Socks5.greeting(in);
      switch (message) {
        case Socks5.Message.Incomplete() -> {
          // The rest will come.
        }
        case Socks5.Message.Greeting(int method) -> greet(context, method);
        case Socks5.Message.ConnectTo(InetSocketAddress address) -> connect(context, address);
        case Socks5.Message.ConnectToName(String name, int port) -> connect(context, name, port);
        case Socks5.Message.Bad(int code) -> refuse(context, code);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      super.channelReadComplete(context);
      if (!over) {
        context.read();
      }
    }

    private void greet(ChannelHandlerContext context, int method) {
      greeted = true;
      context.writeAndFlush(Unpooled.wrappedBuffer(Socks5.method(method)));
      if (method == Socks5.NO_METHOD) {
        over = true;
        context.close();
      }
    }

    private void connect(ChannelHandlerContext context, String name, int port) {
      boolean ipv4 = Addresses.remote(context.channel()).getAddress() instanceof Inet4Address;
      List<InetAddress> found = names.resolve(name, ipv4);
      if (found.isEmpty()) {
        lookUp(context, name, port, ipv4);
      } else {
        connect(context, new InetSocketAddress(found.getFirst(), port));
      }
    }

    /** Asks for a name that the mesh does not have, as the DNS proxy would ask upstream. */
    private void lookUp(ChannelHandlerContext context, String name, int port, boolean ipv4) {
      over = true;
      loops
          .of(context.channel())
          .node()
          .resolver()
          .resolve(name, ipv4)
          .whenComplete((ip, failed) ->
              context
                  .executor()
                  .execute(() -> {
                    if (failed != null) {
                      refuse(context, Socks5.HOST_UNREACHABLE);
                    } else if (context.channel().isActive()) {
                      connect(context, new InetSocketAddress(ip, port));
                    }
                  }));
    }

    private void connect(ChannelHandlerContext context, InetSocketAddress target) {
      Optional<Refusal> refused = illegal.refusal(target);
      if (refused.isPresent()) {
        loops
            .of(context.channel())
            .node()
            .reporting()
            .reports()
            .failedEarly(
                Reporter.SOURCE,
                ConnectionFacts.text(Addresses.remote(context.channel())),
                ConnectionFacts.text(target),
                refused.get().text());
        refuse(context, Socks5.GENERAL_FAILURE);
        return;
      }
      over = true;
      Channel channel = context.channel();
      context.writeAndFlush(Unpooled.wrappedBuffer(Socks5.reply(Socks5.SUCCEEDED)));
      PodLoop home = loops.of(channel);
      ChannelStream app = home.stream(channel);
      // What the client sent too early goes on to the stream when this handler leaves.
      context.pipeline().remove(this);
      new OutboundConnection(home, app, Addresses.remote(channel), target).start();
    }

    private void refuse(ChannelHandlerContext context, int code) {
      over = true;
      context
          .writeAndFlush(Unpooled.wrappedBuffer(Socks5.reply(code)))
          .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
