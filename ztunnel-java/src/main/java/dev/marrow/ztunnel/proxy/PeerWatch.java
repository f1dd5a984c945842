package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.TunnelTls;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import javax.net.ssl.SSLSession;

/**
 * The client side's TLS of one event loop, which remembers whom it shook hands with, so that peers
 * can be judged once more. Confined to its loop.
 */
final class PeerWatch implements TunnelTls {
  private final Identities identities;
  private final Map<SslHandler, WorkloadCertificate> handlers = new WeakHashMap<>();

  PeerWatch(Identities identities) {
    this.identities = identities;
  }

  @Override
  public SslHandler client(
      ByteBufAllocator alloc, WorkloadCertificate own, Set<SpiffeId> accepted) {
    SslHandler handler = identities.client(alloc, own, accepted);
    handlers.put(handler, own);
    return handler;
  }

  @Override
  public SpiffeId peer(SSLSession session) {
    return MeshTls.peerId(session);
  }

  /** Peers of open connections that would not be accepted any more. */
  Set<SpiffeId> refused() {
    var found = new HashSet<SpiffeId>();
    handlers.forEach((handler, own) -> {
      if (identities.refusedNow(handler, own, PeerRole.SERVER)) {
        found.add(MeshTls.peerId(handler.engine().getSession()));
      }
    });
    return found;
  }
}
