package dev.marrow.hbone;

import dev.marrow.http.h2.Limit;
import dev.marrow.identity.SpiffeId;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/**
 * The server side of one accepted connection on port 15008: TLS, then HTTP/2, then one {@link
 * InboundConnect} per stream. Confined to the channel's event loop.
 */
public final class TunnelServer {
  private TunnelServer() {}

  /**
   * Takes over an accepted channel: registered, {@code autoRead} off, half-closure allowed, empty
   * pipeline. Call on its loop.
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
    throw new UnsupportedOperationException();
  }

  /** Two-step GOAWAY; tunnels live on, at most for {@code grace}. */
  public void drain(Duration grace) {
    throw new UnsupportedOperationException();
  }

  /** Closes at once: GOAWAY, then every tunnel is reset. */
  public void close() {
    throw new UnsupportedOperationException();
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

  /** Why a connection ended. */
  public record Ended(Stage stage, String detail) {
    /** How far it came. */
    public enum Stage {
      HANDSHAKE,
      PREFACE,
      HTTP2,
      CLEAN
    }
  }
}
