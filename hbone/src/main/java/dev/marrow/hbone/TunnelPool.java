package dev.marrow.hbone;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The client side of tunnels: finds or opens the mTLS connection to a target and sends CONNECT on
 * it. One dial per key at a time, shared by all who wait for it; a failure reaches all of them. One
 * pool per event loop and confined to it.
 */
public final class TunnelPool {
  private final EventLoop loop;

  public TunnelPool(
      EventLoop loop,
      CertificateSource certificates,
      TunnelTls tls,
      Dialer dialer,
      PoolSettings settings) {
    this.loop = loop;
  }

  public EventLoop loop() {
    return loop;
  }

  /** Asks for a tunnel. {@code done} is called exactly once, never inside this call. */
  public PendingTunnel connect(
      TunnelTarget target, ConnectRequest request, Consumer<TunnelResult> done) {
    throw new UnsupportedOperationException();
  }

  /**
   * The certificate of {@code source} was renewed: the next tunnels get connections that show the
   * new one; streams on old ones live on.
   */
  public void renewed(SpiffeId source) {
    throw new UnsupportedOperationException();
  }

  /** Closes the connections that match at once, their tunnels are reset (revocation). */
  public void cut(Predicate<TunnelConnection> which) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes no more requests; connections close when their last tunnel ends, or after {@code grace}.
   */
  public void drain(Duration grace) {
    throw new UnsupportedOperationException();
  }

  /** Closes everything now. */
  public void close() {
    throw new UnsupportedOperationException();
  }

  /** Connections that are up, for metrics. */
  public int connections() {
    throw new UnsupportedOperationException();
  }
}
