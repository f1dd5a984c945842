package dev.marrow.waypoint.upstream;

import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.Dialer;
import dev.marrow.hbone.Forwarded;
import dev.marrow.hbone.NestedDialer;
import dev.marrow.hbone.TraceParent;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelSockets;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.StreamChannel;
import dev.marrow.waypoint.report.Flag;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Opens byte streams to endpoints. Confined to its event loop. */
public final class Connector {
  /** What became of an attempt. */
  public sealed interface Result {
    /** The receiver owns the stream. */
    record Opened(ByteStream stream) implements Result {}

    record Failed(ConnectFailure failure) implements Result {}
  }

  private static final Duration AS_LONG_AS_IT_LIVES = Duration.ofDays(365);

  /**
   * Tunnels from us.
   *
   * @param inside makes a pool whose connections run inside other tunnels
   */
  public record Tunnels(TunnelPool pool, Function<Dialer, TunnelPool> inside) {}

  private final Home home;
  private final Optional<Tunnels> tunnels;
  private final ChannelFactory<? extends Channel> sockets;
  private final BackendTlsContexts tls;
  private final Names names;

  public Connector(
      Home home,
      Optional<Tunnels> tunnels,
      ChannelFactory<? extends Channel> sockets,
      BackendTlsContexts tls,
      Names names) {
    this.home = home;
    this.tunnels = tunnels;
    this.sockets = sockets;
    this.tls = tls;
    this.names = names;
  }

  Home home() {
    return home;
  }

  /** Calls {@code done} exactly once, never inside this call. */
  void connect(Upstream upstream, Duration timeout, Consumer<Result> done) {
    switch (upstream.path()) {
      case Upstream.Path.Tunnel tunnel -> tunnel(tunnel, upstream, done);
      case Upstream.Path.Nested nested -> nested(nested, upstream, done);
      case Upstream.Path.Direct direct -> dial(direct, upstream, timeout, done);
    }
  }

  private void tunnel(Upstream.Path.Tunnel tunnel, Upstream upstream, Consumer<Result> done) {
    if (tunnels.isEmpty()) {
      home.loop().execute(() -> done.accept(failed("tunnels: none (no certificate)")));
      return;
    }
    tunnels
        .get()
        .pool()
        .connect(
            tunnel.target(),
            ConnectRequest.to(tunnel.authority()),
            result -> tunnelled(result(result), upstream, done));
  }

  /** The connection inside the outer tunnel is for one inner tunnel only, and ends with it. */
  private void nested(Upstream.Path.Nested path, Upstream upstream, Consumer<Result> done) {
    if (tunnels.isEmpty()) {
      home.loop().execute(() -> done.accept(failed("tunnels: none (no certificate)")));
      return;
    }
    ConnectRequest outer = ConnectRequest.to(path.authority());
    TunnelPool one =
        tunnels
            .get()
            .inside()
            .apply(
                new NestedDialer(
                    tunnels.get().pool(), t -> new NestedDialer.Way(path.gateway(), outer)));
    ConnectRequest inner =
        new ConnectRequest(
            path.authority(),
            Baggage.NONE,
            Forwarded.NONE,
            TraceParent.NONE,
            Map.of("x-forwarded-network", path.network()));
    one.connect(
        path.endpoint(),
        inner,
        result -> {
          one.drain(AS_LONG_AS_IT_LIVES);
          tunnelled(result(result), upstream, done);
        });
  }

  private void tunnelled(Result opened, Upstream upstream, Consumer<Result> done) {
    if (upstream.tls() != null && opened instanceof Result.Opened(ByteStream stream)) {
      secureInside(stream, upstream, done);
    } else {
      done.accept(opened);
    }
  }

  /** TLS of the endpoint itself, in the tunnel: the node proxies on the way see only bytes. */
  private void secureInside(ByteStream stream, Upstream upstream, Consumer<Result> done) {
    StreamChannel channel = StreamChannel.on(home.loop(), tls(upstream));
    channel.attach(stream);
    taken(channel, done).run();
  }

  private ChannelHandler tls(Upstream upstream) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (upstream.tls() != null) {
          channel.pipeline().addLast(tls.handler(upstream, channel.alloc()));
        }
      }
    };
  }

  private static Result result(TunnelResult result) {
    return switch (result) {
      case TunnelResult.Opened opened -> new Result.Opened(opened.stream());
      case TunnelResult.Failed failed ->
          new Result.Failed(
              new ConnectFailure(
                  failed.reason() == TunnelResult.Reason.LIMIT ? Flag.UO : Flag.UF,
                  "tunnel_" + failed.reason() + ":" + failed.detail()));
    };
  }

  private void dial(
      Upstream.Path.Direct direct, Upstream upstream, Duration timeout, Consumer<Result> done) {
    InetSocketAddress address = direct.address();
    if (!address.isUnresolved()) {
      dial(List.of(address), 0, upstream, timeout, done);
      return;
    }
    names.resolve(
        address.getHostString(),
        home.loop(),
        found -> {
          if (found.isEmpty()) {
            done.accept(failed("name not found: " + address.getHostString()));
          } else {
            int port = address.getPort();
            dial(
                found.stream().map(ip -> new InetSocketAddress(ip, port)).toList(),
                0,
                upstream,
                timeout,
                done);
          }
        });
  }

  /** One address after the other. */
  private void dial(
      List<InetSocketAddress> addresses,
      int index,
      Upstream upstream,
      Duration timeout,
      Consumer<Result> done) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(home.loop())
            .channelFactory(sockets::newChannel)
            .handler(tls(upstream));
    TunnelSockets.connect(
            home.loop(),
            TunnelSockets.configure(bootstrap, timeout),
            addresses.get(index),
            Optional.empty())
        // Never inside this call, also where the result is there at once.
        .addListener((ChannelFuture connected) ->
            home.loop().execute(dialled(connected, addresses, index, upstream, timeout, done)));
  }

  /** What to do next. The channel itself is taken at once, before its first event. */
  private Runnable dialled(
      ChannelFuture connected,
      List<InetSocketAddress> addresses,
      int index,
      Upstream upstream,
      Duration timeout,
      Consumer<Result> done) {
    Throwable cause = connected.cause();
    if (cause == null) {
      return taken(connected.channel(), done);
    }
    return index + 1 < addresses.size()
        ? () -> dial(addresses, index + 1, upstream, timeout, done)
        : () -> done.accept(failed(String.valueOf(cause.getMessage())));
  }

  // A backend that speaks first and closes has sent everything before the next turn of the loop;
  // what nobody has taken by then is lost.
  private Runnable taken(Channel channel, Consumer<Result> done) {
    SslHandler ssl = channel.pipeline().get(SslHandler.class);
    if (ssl == null) {
      ChannelStream stream = ChannelStream.on(channel).chargeTo(home.budget());
      return () -> done.accept(new Result.Opened(stream));
    }
    return () -> secure(channel, ssl, done);
  }

  private void secure(Channel channel, SslHandler ssl, Consumer<Result> done) {
    channel.read();
    ssl.handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            done.accept(new Result.Opened(ChannelStream.on(channel).chargeTo(home.budget())));
          } else {
            channel.close();
            done.accept(failed("tls: " + handshake.cause().getMessage()));
          }
        });
  }

  private static Result failed(String detail) {
    return new Result.Failed(new ConnectFailure(Flag.UF, detail));
  }
}
