package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.Verdict;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.Set;

/**
 * Certificates of the workloads we speak for, and TLS with them. Thread-safe.
 *
 * @param aliases further trust domains whose peers are let in
 */
public record Identities(CertificateSource certificates, MeshTls tls, Set<TrustDomain> aliases) {
  public Identities {
    aliases = Set.copyOf(aliases);
  }

  /** The server side of a tunnel: any peer of our trust domain, before policies are asked. */
  SslHandler server(ByteBufAllocator alloc, WorkloadCertificate own) {
    return tls.server(alloc, own, new PeerCheck.SameTrustDomain(own.id().trustDomain(), aliases));
  }

  /** The client side: exactly whom the router accepts. */
  SslHandler client(ByteBufAllocator alloc, WorkloadCertificate own, Set<SpiffeId> accepted) {
    return tls.client(alloc, own, new PeerCheck.AnyOf(accepted));
  }

  /** Whether the peer of an open connection would not be accepted today. */
  boolean refusedNow(SslHandler handler, WorkloadCertificate own, PeerRole peer) {
    boolean open = handler.handshakeFuture().isSuccess() && !handler.sslCloseFuture().isDone();
    return open
        && tls.judgeAgain(handler.engine().getSession(), own, peer) instanceof Verdict.Refused;
  }
}
