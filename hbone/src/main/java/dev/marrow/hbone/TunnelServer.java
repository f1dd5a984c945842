package dev.marrow.hbone;

import dev.marrow.http.ByteBudget;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.Headers;
import dev.marrow.http.h2.ConnectionListener;
import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.H2Connection;
import dev.marrow.http.h2.H2Stream;
import dev.marrow.http.h2.Limit;
import dev.marrow.http.h2.Settings;
import dev.marrow.http.h2.StreamListener;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.tls.HandshakeFailure;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The server side of one accepted connection on port 15008: TLS, then HTTP/2, then one {@link
 * InboundConnect} per stream. Confined to the channel's event loop.
 */
public final class TunnelServer {
  private final Channel channel;
  private final SslHandler tls;
  private final Function<SSLSession, SpiffeId> peer;
  private final ServerSettings settings;
  private final ByteBudget budget;
  private final Acceptor acceptor;
  private @Nullable H2Connection http;
  private @Nullable Future<?> idleTimer;
  private boolean ended;

  private TunnelServer(
      Channel channel,
      SslHandler tls,
      Function<SSLSession, SpiffeId> peer,
      ServerSettings settings,
      ByteBudget budget,
      Acceptor acceptor) {
    this.budget = budget;
    this.channel = channel;
    this.tls = tls;
    this.peer = peer;
    this.settings = settings;
    this.acceptor = acceptor;
  }

  /**
   * Takes over an accepted channel: registered, {@code autoRead} off, half-closure allowed. Call on
   * its loop.
   *
   * @param tls the handler for the local workload's identity; requires a client certificate
   * @param peer reads the verified peer from the session ({@code MeshTls::peerId})
   */
  public static TunnelServer start(
      Channel channel,
      SslHandler tls,
      Function<SSLSession, SpiffeId> peer,
      ServerSettings settings,
      Acceptor acceptor) {
    return start(channel, tls, peer, settings, ByteBudget.NONE, acceptor);
  }

  /**
   * As above, within a bound on memory.
   *
   * @param budget what all tunnels have received and not passed on counts here
   */
  public static TunnelServer start(
      Channel channel,
      SslHandler tls,
      Function<SSLSession, SpiffeId> peer,
      ServerSettings settings,
      ByteBudget budget,
      Acceptor acceptor) {
    var server = new TunnelServer(channel, tls, peer, settings, budget, acceptor);
    tls.setHandshakeTimeoutMillis(Spread.millis(settings.handshake()));
    channel
        .pipeline()
        .addLast(tls) // decrypts, and proves who the peer is
        .addLast(new Handshake(server.new Shaken())); // replaced by HTTP/2 once that is known
    channel.read();
    return server;
  }

  /** Two-step GOAWAY; tunnels live on, at most for {@code grace}. */
  public void drain(Duration grace) {
    if (http == null) {
      channel.close();
    } else {
      http.drain(grace);
    }
  }

  /** Closes at once: GOAWAY, then every tunnel is reset. */
  public void close() {
    if (http == null) {
      channel.close();
    } else {
      http.close(ErrorCode.NO_ERROR, "closed");
    }
  }

  private void end(Ended.Stage stage, String reason, String detail) {
    if (!ended) {
      ended = true;
      cancelIdle();
      acceptor.onClosed(new Ended(stage, reason, detail));
    }
  }

  private void watchIdle(H2Connection connection) {
    cancelIdle();
    if (settings.idle().isPositive() && connection.openStreams() == 0) {
      idleTimer =
          channel
              .eventLoop()
              .schedule(
                  () -> connection.drain(settings.preface()),
                  settings.idle().toNanos(),
                  TimeUnit.NANOSECONDS);
    }
  }

  private void cancelIdle() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
  }

  /** What follows the handshake. */
  private final class Shaken implements Handshake.Outcome {
    @Override
    public void succeeded() {
      var connection =
          new TunnelConnection(
              TunnelConnection.nextNumber(),
              Addresses.of(channel.localAddress()),
              Addresses.of(channel.remoteAddress()),
              peer.apply(tls.engine().getSession()));
      Settings h2 =
          settings
              .h2()
              .withTimers(
                  settings.preface(), settings.h2().pingInterval(), settings.h2().pingTimeout());
      var listener = new Listening(connection);
      http =
          H2Connection.server(ChannelStream.on(channel), h2, settings.limits(), listener)
              .chargeTo(budget);
    }

    @Override
    public void failed(Throwable cause) {
      end(Ended.Stage.HANDSHAKE, HandshakeFailure.of(cause).name(), "");
    }
  }

  /** What the connection brings. */
  private final class Listening implements ConnectionListener {
    private final TunnelConnection connection;
    private boolean ready;

    Listening(TunnelConnection connection) {
      this.connection = connection;
    }

    @Override
    public void onReady() {
      ready = true;
      acceptor.onOpened(TunnelServer.this, connection);
      if (http != null) {
        watchIdle(http);
      }
    }

    @Override
    public StreamListener onStream(H2Stream stream, Headers headers, boolean endStream) {
      cancelIdle();
      stream.keepAtMost(settings.earlyBytes());
      var inbound = new InboundStream(connection, stream, headers.copy());
      String wrong = inbound.malformed();
      if (wrong.isEmpty()) {
        acceptor.onConnect(inbound);
      } else {
        acceptor.onMalformed(connection, inbound.malformedStatus(), wrong);
        inbound.refuse(inbound.malformedStatus());
      }
      return inbound;
    }

    @Override
    public void onStreamsAvailable() {
      if (http != null) {
        watchIdle(http);
      }
    }

    @Override
    public void onLimit(Limit limit) {
      acceptor.onLimit(limit);
    }

    @Override
    public void onClosed(Closed why) {
      boolean clean = why.code() == ErrorCode.NO_ERROR;
      Ended.Stage stage = clean ? Ended.Stage.CLEAN : Ended.Stage.HTTP2;
      end(ready ? stage : Ended.Stage.PREFACE, why.code().name(), why.detail());
    }
  }

  /** Takes what arrives on one connection. */
  public interface Acceptor {
    void onConnect(InboundConnect connect);

    /** TLS and HTTP/2 are up. */
    default void onOpened(TunnelServer server, TunnelConnection connection) {}

    /** A CONNECT whose form was refused with {@code status}; {@link #onConnect} is not called. */
    default void onMalformed(TunnelConnection connection, int status, String why) {}

    default void onLimit(Limit limit) {}

    /** The connection is over, whether or not it was ever up. Called exactly once, last. */
    default void onClosed(Ended ended) {}
  }

  /**
   * Why a connection ended.
   *
   * @param reason the name of a handshake's failure, or of an error code of HTTP/2
   * @param detail more words, or none
   */
  public record Ended(Stage stage, String reason, String detail) {
    /** How far it came. */
    public enum Stage {
      HANDSHAKE,
      PREFACE,
      HTTP2,
      CLEAN
    }
  }
}
