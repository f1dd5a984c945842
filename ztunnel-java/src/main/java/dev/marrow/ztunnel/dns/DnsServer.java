package dev.marrow.ztunnel.dns;

import dev.marrow.mesh.MeshView;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The DNS proxy of one pod, over UDP and TCP. Confined to one event loop, but for {@link #listen}
 * and {@link #close}.
 */
public final class DnsServer {
  static final RecvByteBufAllocator WHOLE_DATAGRAMS =
      new FixedRecvByteBufAllocator(Edns.MOST_UDP_BYTES);
  private static final int TCP_SESSION_SECONDS = 5;
  private static final int MOST_TCP_SESSIONS = 256;

  private final EventLoop loop;
  private final DnsSockets sockets;
  private final Names names;
  private final Forwarder forwarder;
  private final DnsMetrics metrics;
  private final ChannelGroup open;

  public DnsServer(
      EventLoop loop,
      DnsSockets sockets,
      Names names,
      List<InetSocketAddress> upstreams,
      DnsMetrics metrics) {
    this.loop = loop;
    this.sockets = sockets;
    this.names = names;
    this.forwarder = new Forwarder(loop, sockets, upstreams);
    this.metrics = metrics;
    this.open = new DefaultChannelGroup(loop);
  }

  /** Opens UDP and TCP at {@code address}; the two binds. */
  public List<ChannelFuture> listen(InetSocketAddress address, boolean reusePort) {
    ChannelFuture udp =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> sockets.datagramsFor(address))
            .option(io.netty.channel.unix.UnixChannelOption.SO_REUSEPORT, reusePort)
            .option(ChannelOption.RECVBUF_ALLOCATOR, WHOLE_DATAGRAMS)
            .handler(new OverUdp())
            .bind(address);
    ChannelFuture tcp =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(sockets::listener)
            .option(io.netty.channel.unix.UnixChannelOption.SO_REUSEPORT, reusePort)
            .childHandler(new TcpSessions())
            .bind(address);
    open.add(udp.channel());
    open.add(tcp.channel());
    return List.of(udp, tcp);
  }

  /** Closes everything. */
  public void close() {
    open.close();
  }

  /** Answers {@code query}, which stays the caller's; {@code reply} owns what it gets. */
  private void serve(
      ByteBufAllocator alloc, ByteBuf query, String protocol, Consumer<ByteBuf> reply) {
    Optional<Question> parsed = Question.parse(query);
    if (parsed.isEmpty()) {
      metrics.malformed().increment();
      return;
    }
    Question question = parsed.get();
    Optional<Edns> edns = Edns.find(query, question);
    Room room = protocol.equals("tcp") ? Room.overTcp(edns) : Room.overUdp(edns);
    Names.Asking asking = names.asking();
    DnsMetrics.Series series =
        metrics.of(
            new DnsMetrics.Labels(question.type(), protocol, asking.service(), asking.revision()));
    series.requests().increment();
    if (room.badVersion()) {
      reply.accept(DnsWriter.failure(alloc, query, question, DnsWriter.BAD_VERSION, room));
      return;
    }
    switch (names.answer(asking, question)) {
      case Answer.Own own -> reply.accept(DnsWriter.answer(alloc, query, question, own, room));
      case Answer.Forward() -> {
        if (forwarder.full()) {
          metrics.limited().increment();
          reply.accept(DnsWriter.failure(alloc, query, question, DnsWriter.SERVER_FAILURE, room));
        } else {
          edns.ifPresent(e -> e.cap(query));
          ByteBuf failure =
              DnsWriter.failure(alloc, query, question, DnsWriter.SERVER_FAILURE, room);
          forward(query, failure, protocol, reply, series);
        }
      }
    }
  }

  /** Asks upstream; {@code failure}, which is taken over, is the answer if nobody has one. */
  private void forward(
      ByteBuf query,
      ByteBuf failure,
      String protocol,
      Consumer<ByteBuf> reply,
      DnsMetrics.Series series) {
    series.upstream().increment();
    long start = System.nanoTime();
    forwarder.forward(
        query.copy(),
        protocol.equals("tcp"),
        answer -> {
          series.seconds().add((System.nanoTime() - start) / 1e9);
          if (answer.isPresent()) {
            failure.release();
            reply.accept(answer.get());
          } else {
            series.failures().increment();
            reply.accept(failure);
          }
        });
  }

  /** Who may be asked for names: the client's view of the mesh. */
  public static final class Names {
    private final Supplier<MeshView> view;
    private final Supplier<Asking> asking;
    private final NameTable table;

    /**
     * @param asking who asks, read for each query: a pod's workload becomes known after the pod
     */
    public Names(
        Supplier<MeshView> view,
        Supplier<Asking> asking,
        String clusterDomain,
        String preferredNamespace) {
      this.view = view;
      this.asking = asking;
      this.table =
          new NameTable(clusterDomain, preferredNamespace, new java.util.SplittableRandom());
    }

    Asking asking() {
      return asking.get();
    }

    Answer answer(Asking who, Question question) {
      return question.internet()
          ? table.answer(view.get(), who.client(), question.name(), question.type())
          : new Answer.Forward();
    }

    /** Addresses of a name of the mesh, for SOCKS5; empty if the mesh has none. */
    public List<java.net.InetAddress> resolve(String hostname, boolean ipv4) {
      int type = ipv4 ? Question.A : Question.AAAA;
      Answer answer =
          table.answer(
              view.get(), asking().client(), hostname.toLowerCase(java.util.Locale.ROOT), type);
      return switch (answer) {
        case Answer.Own own -> own.addresses();
        case Answer.Forward() -> List.of();
      };
    }

    /** Who asks, and how metrics name it. */
    public record Asking(Client client, String service, String revision) {
      /** A pod of {@code namespace}. */
      public static Asking pod(
          String namespace, String network, String clusterDomain, String service, String revision) {
        return new Asking(Client.inCluster(namespace, network, clusterDomain), service, revision);
      }

      /** Somebody with search domains of its own. */
      public static Asking of(
          String namespace,
          String network,
          List<String> searchDomains,
          String service,
          String revision) {
        return new Asking(new Client(namespace, network, searchDomains), service, revision);
      }
    }
  }

  private final class OverUdp extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      InetSocketAddress client = packet.sender();
      serve(
          context.alloc(),
          packet.content(),
          "udp",
          answer -> context.writeAndFlush(new DatagramPacket(answer, client)));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // A client that went away; the socket serves the others.
    }
  }

  private final class TcpSessions extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      if (open.size() > MOST_TCP_SESSIONS) {
        metrics.limited().increment();
        channel.close();
        return;
      }
      open.add(channel);
      channel
          .pipeline()
          .addLast(new ReadTimeoutHandler(TCP_SESSION_SECONDS))
          .addLast(new LengthFieldBasedFrameDecoder(Room.MOST_TCP_BYTES, 0, 2, 0, 2))
          .addLast(new LengthFieldPrepender(2))
          .addLast(new OverTcp());
    }
  }

  private final class OverTcp extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf query) {
      serve(context.alloc(), query, "tcp", context::writeAndFlush);
    }

    /** Who does not read its answers is not read, and gone when its session times out. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
