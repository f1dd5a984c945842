package dev.marrow.hbone;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.Set;
import javax.net.ssl.SSLSession;

/** The TLS a tunnel's client side uses; {@code identity.tls.MeshTls} behind two methods. */
public interface TunnelTls {
  /** A client handler (TLS 1.3, ALPN h2) that accepts exactly {@code accepted} on the other end. */
  SslHandler client(ByteBufAllocator alloc, WorkloadCertificate own, Set<SpiffeId> accepted);

  /** The verified identity of the other end, after the handshake. */
  SpiffeId peer(SSLSession session);

  static TunnelTls of(MeshTls tls) {
    return new OfMesh(tls);
  }

  /** The mesh's own. */
  record OfMesh(MeshTls tls) implements TunnelTls {
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
}
