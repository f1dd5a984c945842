package dev.marrow.waypoint;

import dev.marrow.hbone.TunnelTls;
import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.Set;
import javax.net.ssl.SSLSession;

/** The mesh's TLS for tunnels that we open: the other end must be exactly who it should be. */
record MeshTunnelTls(MeshTls tls) implements TunnelTls {
  @Override
  public SslHandler client(
      ByteBufAllocator alloc, WorkloadCertificate own, Set<SpiffeId> accepted) {
    return tls.client(alloc, own, new PeerCheck.AnyOf(accepted));
  }

  @Override
  public SpiffeId peer(SSLSession session) {
    return MeshTls.peerId(session);
  }
}
