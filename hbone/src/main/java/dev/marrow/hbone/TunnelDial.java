package dev.marrow.hbone;

import dev.marrow.http.ChannelStream;
import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.WorkloadCertificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/** Opens one connection: certificate, TCP, TLS, then HTTP/2. Confined to its pool. */
final class TunnelDial {
  private final TunnelPool pool;
  private final PoolEntry entry;
  private final CertificateSource certificates;
  private final TunnelTls tls;
  private final Dialer dialer;
  private @Nullable ChannelFuture connecting;
  private boolean over;

  TunnelDial(
      TunnelPool pool,
      PoolEntry entry,
      CertificateSource certificates,
      TunnelTls tls,
      Dialer dialer) {
    this.pool = pool;
    this.entry = entry;
    this.certificates = certificates;
    this.tls = tls;
    this.dialer = dialer;
  }

  void start() {
    entry.dialStarted(this);
    var source = entry.target().source();
    certificates
        .current(source)
        .ifPresentOrElse(
            this::dial,
            () ->
                certificates
                    .certificate(source)
                    .whenComplete(
                        (own, failure) -> pool.loop().execute(() -> certified(own, failure))));
  }

  private void certified(@Nullable WorkloadCertificate own, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    if (own != null) {
      dial(own);
    } else if (failure != null) {
      fail(Failures.certificate(failure));
    }
  }

  private void dial(WorkloadCertificate own) {
    var first =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            prepare(channel, own);
          }
        };
    ChannelFuture dialing;
    try {
      dialing = dialer.dial(entry.target(), pool.loop(), first, pool.settings().connect());
    } catch (RuntimeException e) {
      // No socket could be made: out of descriptors, or the pod's namespace is gone.
      later(Failures.connect(e));
      return;
    }
    connecting = dialing;
    dialing.addListener(done -> {
      if (done.isSuccess()) {
        // Nobody reads by itself: without this the server's first flight would stay unread.
        dialing.channel().read();
      } else if (done.cause() != null) {
        later(Failures.connect(done.cause()));
      }
    });
  }

  /** A dialer may fail inside the call that asked for the tunnel. */
  private void later(TunnelResult.Failed failed) {
    pool.loop()
        .execute(() -> {
          if (!over) {
            fail(failed);
          }
        });
  }

  private void prepare(Channel channel, WorkloadCertificate own) {
    SslHandler handler = tls.client(channel.alloc(), own, entry.target().accepted());
    handler.setHandshakeTimeoutMillis(Spread.millis(pool.settings().handshake()));
    channel
        .pipeline()
        .addLast(handler) // encrypts, and checks who the other end is
        .addLast(new Handshake(new Shaken(channel, handler))); // replaced by HTTP/2 after that
  }

  /** Nobody waits any more. */
  void cancel() {
    if (over) {
      return;
    }
    fail(
        new TunnelResult.Failed(
            TunnelResult.Reason.CANCELLED, TunnelResult.Side.OURS, 0, false, "cancelled"));
    if (connecting != null) {
      connecting.channel().close();
    }
  }

  private void fail(TunnelResult.Failed failed) {
    over = true;
    entry.dialFailed(this, failed);
  }

  /** What follows the handshake. */
  private final class Shaken implements Handshake.Outcome {
    private final Channel channel;
    private final SslHandler handler;

    Shaken(Channel channel, SslHandler handler) {
      this.channel = channel;
      this.handler = handler;
    }

    @Override
    public void succeeded() {
      if (over) {
        channel.close();
        return;
      }
      over = true;
      var peer = tls.peer(handler.engine().getSession());
      var connection =
          new TunnelConnection(
              TunnelConnection.nextNumber(),
              Addresses.of(channel.localAddress()),
              Addresses.of(channel.remoteAddress()),
              peer);
      var link = new TunnelLink(pool, entry, connection);
      link.start(ChannelStream.on(channel));
      entry.dialSucceeded(TunnelDial.this, link);
    }

    @Override
    public void failed(Throwable cause) {
      if (!over && channel.isActive()) {
        fail(Failures.handshake(cause));
      } else if (!over && connecting != null && connecting.isSuccess()) {
        fail(Failures.handshake(cause));
      }
    }
  }
}
