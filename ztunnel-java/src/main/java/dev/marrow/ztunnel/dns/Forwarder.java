package dev.marrow.ztunnel.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends queries as they are to the upstream servers, one after the other until one answers. Each
 * query has a socket, so a port, and an id of its own: an answer can hardly be guessed. Confined to
 * its event loop.
 */
final class Forwarder {
  private static final int PER_SERVER_MILLIS = 2000;
  private static final int MOST_WAITING = 512;
  private static final int RESPONSE = 0x8000;

  private final EventLoop loop;
  private final DnsSockets sockets;
  private final List<InetSocketAddress> servers;
  private final SecureRandom random = new SecureRandom();
  private int waiting;

  Forwarder(EventLoop loop, DnsSockets sockets, List<InetSocketAddress> servers) {
    this.loop = loop;
    this.sockets = sockets;
    this.servers = List.copyOf(servers);
  }

  boolean full() {
    return waiting >= MOST_WAITING;
  }

  /**
   * Asks upstream.
   *
   * @param query taken over
   * @param done gets the answer with the query's id, and owns it; or nothing. Called once
   */
  void forward(ByteBuf query, boolean tcp, Consumer<Optional<ByteBuf>> done) {
    waiting++;
    new Exchange(query, tcp, done).next(0);
  }

  /** Whether {@code message}, in which nothing is moved, answers the query with this id. */
  static boolean isAnswer(ByteBuf message, int id) {
    int start = message.readerIndex();
    return message.readableBytes() >= Question.HEADER_BYTES
        && message.getUnsignedShort(start) == id
        && (message.getUnsignedShort(start + 2) & RESPONSE) != 0;
  }

  /** One query on its way. */
  private final class Exchange {
    private final ByteBuf query;
    private final boolean tcp;
    private final Consumer<Optional<ByteBuf>> done;
    private final int clientId;
    private boolean over;

    Exchange(ByteBuf query, boolean tcp, Consumer<Optional<ByteBuf>> done) {
      this.query = query;
      this.tcp = tcp;
      this.done = done;
      this.clientId = query.getUnsignedShort(query.readerIndex());
    }

    void next(int server) {
      if (server >= servers.size()) {
        end(Optional.empty());
        return;
      }
      int id = random.nextInt(1 << 16);
      var attempt = new Attempt(this, id, () -> next(server + 1));
      try {
        ChannelFuture connected = connect(servers.get(server), attempt);
        connected.addListener(f -> {
          if (!f.isSuccess()) {
            attempt.fail();
          }
        });
        attempt.opened(connected.channel());
        loop.schedule(attempt::fail, PER_SERVER_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RuntimeException e) {
        attempt.fail();
      }
    }

    private ChannelFuture connect(InetSocketAddress server, Attempt attempt) {
      var bootstrap = new Bootstrap().group(loop);
      return tcp
          ? bootstrap
              .channelFactory(sockets::stream)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PER_SERVER_MILLIS)
              .handler(new TcpPipeline(attempt))
              .connect(server)
          : bootstrap
              .channelFactory(() -> sockets.datagramsFor(server))
              .option(ChannelOption.RECVBUF_ALLOCATOR, DnsServer.WHOLE_DATAGRAMS)
              .handler(attempt)
              .connect(server);
    }

    ByteBuf withId(int id) {
      ByteBuf copy = query.copy();
      copy.setShort(copy.readerIndex(), id);
      return copy;
    }

    void answer(ByteBuf answer) {
      answer.setShort(answer.readerIndex(), clientId);
      end(Optional.of(answer));
    }

    private void end(Optional<ByteBuf> answer) {
      if (over) {
        answer.ifPresent(ByteBuf::release);
        return;
      }
      over = true;
      waiting--;
      query.release();
      done.accept(answer);
    }
  }

  /** One server asked. */
  private static final class Attempt extends SimpleChannelInboundHandler<Object> {
    private final Exchange exchange;
    private final int id;
    private final Runnable otherwise;
    private @Nullable Channel channel;
    private boolean over;

    Attempt(Exchange exchange, int id, Runnable otherwise) {
      this.exchange = exchange;
      this.id = id;
      this.otherwise = otherwise;
    }

    void opened(Channel opened) {
      channel = opened;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(exchange.withId(id));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      ByteBuf answer =
          message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
      if (isAnswer(answer, id) && !over) {
        over = true;
        context.close();
        exchange.answer(answer.retain());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // An ICMP error on a datagram socket, or a reset: this server does not answer.
      fail();
    }

    void fail() {
      if (over) {
        return;
      }
      over = true;
      Channel open = channel;
      if (open != null) {
        open.close();
      }
      otherwise.run();
    }
  }

  private static final class TcpPipeline extends ChannelInitializer<Channel> {
    private final Attempt attempt;

    TcpPipeline(Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(new LengthFieldBasedFrameDecoder(Room.MOST_TCP_BYTES, 0, 2, 0, 2))
          .addLast(new LengthFieldPrepender(2))
          .addLast(attempt);
    }
  }
}
