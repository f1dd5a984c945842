package dev.marrow.waypoint.proxy;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.InboundConnect;
import dev.marrow.hbone.ServerSettings;
import dev.marrow.hbone.TunnelConnection;
import dev.marrow.hbone.TunnelServer;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.Headers;
import dev.marrow.http.h2.Limit;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.waypoint.authorize.Caller;
import dev.marrow.waypoint.report.ConnectionReport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Accepts clients: through tunnels on 15008, or plain on ports of a standalone waypoint. */
public final class Listeners {
  private final EventLoopGroup loops;
  private final ChannelFactory<? extends ServerChannel> sockets;
  private final Map<Object, Worker> workers;
  private final List<Channel> open = new ArrayList<>();
  private final Map<TunnelServer, Worker> tunnels = new ConcurrentHashMap<>();
  private volatile long lastCame = System.nanoTime();

  /** {@code workers} by event loop. */
  public Listeners(
      EventLoopGroup loops,
      ChannelFactory<? extends ServerChannel> sockets,
      Map<Object, Worker> workers) {
    this.loops = loops;
    this.sockets = sockets;
    this.workers = Map.copyOf(workers);
  }

  /**
   * Listens for tunnels.
   *
   * @param tls a handler for our present certificate; empty while there is none
   */
  public ChannelFuture tunnels(
      InetSocketAddress address,
      ServerSettings settings,
      Function<ByteBufAllocator, Optional<SslHandler>> tls) {
    return listen(
        address,
        channel -> {
          var remote = (InetSocketAddress) channel.remoteAddress();
          Optional<SslHandler> handler =
              remote == null ? Optional.empty() : tls.apply(channel.alloc());
          if (remote == null || handler.isEmpty()) {
            channel.close();
            return;
          }
          Worker worker = worker(channel);
          TunnelServer.start(
              channel,
              handler.get(),
              MeshTls::peerId,
              settings,
              worker.budget(),
              new Tunnels(worker, remote));
        });
  }

  /** Listens for plain clients of one service. */
  public ChannelFuture plain(InetSocketAddress address, String service, int servicePort) {
    return listen(
        address,
        channel -> {
          InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
          Client client =
              new Client(
                  Caller.unknown(remote.getAddress()),
                  remote,
                  new Client.Addressed.Fixed(service, servicePort));
          Worker worker = worker(channel);
          Downstream.serve(worker, client, ChannelStream.on(channel).chargeTo(worker.budget()));
        });
  }

  private Worker worker(Channel channel) {
    Worker worker = workers.get(channel.eventLoop());
    if (worker == null) {
      throw new IllegalStateException("event loop: unknown (expected: one with a worker)");
    }
    return worker;
  }

  private ChannelFuture listen(InetSocketAddress address, Consumer<Channel> accepted) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(sockets::newChannel)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, ChannelStream.WATERMARK)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    lastCame = System.nanoTime();
                    // Only after registration the channel may be taken over.
                    channel.eventLoop().execute(() -> take(channel, accepted));
                  }
                });
    ChannelFuture bound = bootstrap.bind(address);
    open.add(bound.channel());
    return bound;
  }

  /** Nobody else would close what a mistake of ours keeps from being served. */
  private static void take(Channel channel, Consumer<Channel> accepted) {
    try {
      accepted.accept(channel);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Asks the peers of tunnels to open no more of them here. Thread-safe. */
  public void drain(Duration grace) {
    tunnels.forEach((tunnel, worker) -> worker.loop().execute(() -> tunnel.drain(grace)));
  }

  /** Whether anybody has a tunnel connection open. Thread-safe. */
  public boolean hasPeers() {
    return !tunnels.isEmpty();
  }

  /** When the last client came, by {@link System#nanoTime}. Thread-safe. */
  public long lastCame() {
    return lastCame;
  }

  /** Stops accepting. Thread-safe. */
  public void close() {
    open.forEach(Channel::close);
  }

  /** What arrives on one tunnel connection. */
  private final class Tunnels implements TunnelServer.Acceptor {
    private final Worker worker;
    private final InetSocketAddress remote;
    private final Set<TunnelServer> own = new HashSet<>();

    Tunnels(Worker worker, InetSocketAddress remote) {
      this.worker = worker;
      this.remote = remote;
    }

    @Override
    public void onOpened(TunnelServer server, TunnelConnection connection) {
      own.add(server);
      tunnels.put(server, worker);
    }

    @Override
    public void onConnect(InboundConnect connect) {
      lastCame = System.nanoTime();
      Caller caller = Caller.of(connect.connection().peer(), remote.getAddress());
      Client client = new Client(caller, remote, addressed(connect.authority()));
      int status = Downstream.admit(worker, client);
      if (status == 200) {
        Downstream.serve(worker, client, connect.accept(new Headers(1, 0)));
      } else {
        refused("connect_refused_" + status, connect.authority().text(), caller.principal());
        connect.refuse(status);
      }
    }

    private static Client.Addressed addressed(Authority authority) {
      return switch (authority) {
        case Authority.Address address -> new Client.Addressed.Ip(address.socketAddress());
        case Authority.Host host -> new Client.Addressed.Name(host.name(), host.port());
      };
    }

    @Override
    public void onMalformed(TunnelConnection connection, int status, String why) {
      Caller caller = Caller.of(connection.peer(), remote.getAddress());
      refused("connect_malformed", why, caller.principal());
    }

    @Override
    public void onLimit(Limit limit) {
      worker.reports().onMalformed("tunnel_" + limit);
    }

    @Override
    public void onClosed(TunnelServer.Ended ended) {
      own.forEach(tunnels::remove);
      switch (ended.stage()) {
        case HANDSHAKE, PREFACE -> refused("handshake_" + ended.reason(), ended.detail(), "");
        case HTTP2, CLEAN -> {
          // What was in its tunnels has been reported.
        }
      }
    }

    private void refused(String fault, String detail, String principal) {
      var report =
          new ConnectionReport(
              Instant.now(),
              false,
              0,
              detail.isEmpty() ? fault : fault + ": " + detail,
              0,
              0,
              "-",
              remote.getHostString() + ":" + remote.getPort(),
              principal,
              "-",
              null,
              null);
      worker.reports().onRefused(fault, report);
    }
  }
}
