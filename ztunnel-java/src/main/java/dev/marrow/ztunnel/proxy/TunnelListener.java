package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.InboundConnect;
import dev.marrow.hbone.TunnelConnection;
import dev.marrow.hbone.TunnelServer;
import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.Limit;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.Reporter;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes tunnel connections on port 15008 and serves them as the pod. */
final class TunnelListener {
  private final PodLoops loops;
  private final Admission admission;

  TunnelListener(PodLoops loops, Admission admission) {
    this.loops = loops;
    this.admission = admission;
  }

  void accept(Channel channel) {
    PodLoop home = loops.of(channel);
    if (!home.admits()) {
      channel.close();
      return;
    }
    home.sockets().tunnelConnected(channel);
    home.shakes();
    home.workload(
        own -> identified(home, channel, own),
        () ->
            refuse(
                home,
                channel,
                home.stopped() ? Failure.DRAIN : Failure.workloadUnknown(home.name())));
  }

  private void identified(PodLoop home, Channel channel, Workload own) {
    var certificates = home.node().identities().certificates();
    Optional<WorkloadCertificate> ready = certificates.current(own.identity());
    if (ready.isPresent()) {
      serve(home, channel, ready.get());
      return;
    }
    certificates
        .certificate(own.identity())
        .whenComplete((certificate, failed) ->
            home.loop()
                .execute(() -> {
                  if (failed == null) {
                    serve(home, channel, certificate);
                  } else {
                    refuse(home, channel, "failed to fetch certificate: " + failed.getMessage());
                  }
                }));
  }

  private void serve(PodLoop home, Channel channel, WorkloadCertificate certificate) {
    if (!channel.isActive() || home.stopped()) {
      home.shaken();
      channel.close();
      return;
    }
    SslHandler tls;
    try {
      tls = home.node().identities().server(channel.alloc(), certificate);
    } catch (RuntimeException e) {
      // The certificate's, not the peer's: nobody else would count it out, or close it.
      refuse(home, channel, "no TLS with our certificate: " + e.getMessage());
      return;
    }
    TunnelServer.start(
        channel,
        tls,
        MeshTls::peerId,
        home.node().tunnels().server(),
        home.budget(),
        new Tunnels(home, channel, tls, certificate));
  }

  private static void refuse(PodLoop home, Channel channel, String why) {
    home.shaken();
    if (channel.isActive()) {
      home.node()
          .reporting()
          .reports()
          .failedEarly(
              Reporter.DESTINATION,
              ConnectionFacts.text(Addresses.remote(channel)),
              ConnectionFacts.text(Addresses.local(channel)),
              why);
    }
    channel.close();
  }

  /** The tunnels of one connection. Confined to its loop. */
  private final class Tunnels implements TunnelServer.Acceptor {
    private final PodLoop home;
    private final String remote;
    private final String local;
    private final SslHandler tls;
    private final WorkloadCertificate own;
    private PodLoop.@Nullable Served served;

    Tunnels(PodLoop home, Channel channel, SslHandler tls, WorkloadCertificate own) {
      this.home = home;
      this.tls = tls;
      this.own = own;
      this.remote = ConnectionFacts.text(Addresses.remote(channel));
      this.local = ConnectionFacts.text(Addresses.local(channel));
    }

    @Override
    public void onOpened(TunnelServer opened, TunnelConnection connection) {
      var up = new PodLoop.Served(opened, connection, tls, own);
      served = up;
      home.shaken();
      home.add(up);
    }

    @Override
    public void onConnect(InboundConnect connect) {
      if (!home.admits()) {
        connect.refuse(503);
        return;
      }
      new InboundConnection(home, admission, new Caller.Tunnelled(connect)).start();
    }

    @Override
    public void onMalformed(TunnelConnection connection, int status, String why) {
      home.node().reporting().counters().malformed().increment();
      failed("malformed CONNECT, answered %d: %s".formatted(status, why));
    }

    @Override
    public void onLimit(Limit limit) {
      home.node().reporting().counters().limited(limit);
      failed("limit reached: " + limit);
    }

    @Override
    public void onClosed(TunnelServer.Ended ended) {
      PodLoop.Served up = served;
      if (up == null) {
        home.shaken();
      } else {
        home.remove(up);
      }
      switch (ended.stage()) {
        case HANDSHAKE, PREFACE -> {
          home.node().reporting().counters().handshakeFailed(ended.reason());
          if (ended.reason().contains(Failure.REVOCATION)) {
            home.node().reporting().counters().revokedClients().increment();
          }
          failed("tls handshake failed: " + text(ended));
        }
        case HTTP2 -> broken(ended);
        case CLEAN -> {
          // Its tunnels have reported for themselves.
        }
      }
    }

    /** A lost connection is told by its tunnels; one that broke the protocol may have had none. */
    private void broken(TunnelServer.Ended ended) {
      ErrorCode code = ErrorCode.valueOf(ended.reason());
      if (code != ErrorCode.CONNECT_ERROR) {
        home.node().reporting().counters().http2Failed(code);
        failed("http2 failed: " + text(ended));
      }
    }

    private static String text(TunnelServer.Ended ended) {
      return ended.detail().isEmpty() ? ended.reason() : ended.reason() + ": " + ended.detail();
    }

    private void failed(String why) {
      home.node().reporting().reports().failedEarly(Reporter.DESTINATION, remote, local, why);
    }
  }
}
