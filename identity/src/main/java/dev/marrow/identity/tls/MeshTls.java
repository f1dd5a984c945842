package dev.marrow.identity.tls;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.RevocationCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.Verdict;
import dev.marrow.identity.WorkloadCertificate;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Mutual TLS between workloads. Thread-safe; one per process.
 *
 * <p>A handler's handshake ends well only if the peer proved by its certificate to be somebody the
 * check accepts. Every connection makes a full handshake: no session is ever resumed. What went
 * wrong is told by {@link HandshakeFailure#of}.
 *
 * <p>In TLS 1.3 a client is done before the server has looked at the client's certificate: being
 * refused shows up there as an exception on the first read.
 */
public final class MeshTls implements AutoCloseable {
  /** The one application protocol, {@code h2}. */
  public static final String PROTOCOL = "h2";

  private final TlsSettings settings;
  private final SvidVerifier verifier;
  private final PendingChecks checks = new PendingChecks();
  private final ContextCache contexts;

  private MeshTls(TlsSettings settings, SvidVerifier verifier) {
    this.settings = settings;
    this.verifier = verifier;
    TlsContexts builder = new TlsContexts(settings, verifier, checks);
    this.contexts = new ContextCache(settings.identities(), builder::build);
  }

  /** Mutual TLS by the system's clock that asks nobody about revocation. */
  public static MeshTls create(TlsSettings settings) {
    return create(settings, Clock.systemUTC(), RevocationCheck.NONE);
  }

  /** Mutual TLS that judges certificates by {@code clock} and {@code revocation}. */
  public static MeshTls create(TlsSettings settings, Clock clock, RevocationCheck revocation) {
    return new MeshTls(settings, new SvidVerifier(settings.chain(), clock, revocation));
  }

  /**
   * A handler that accepts a connection of one of {@code clients}. It must be put into a pipeline:
   * it holds native memory until its channel closes.
   */
  public SslHandler server(ByteBufAllocator alloc, WorkloadCertificate own, PeerCheck clients) {
    return handler(alloc, own, clients, PeerRole.CLIENT);
  }

  /** A handler that opens a connection to one of {@code server}'s identities, without SNI. */
  public SslHandler client(ByteBufAllocator alloc, WorkloadCertificate own, PeerCheck server) {
    return handler(alloc, own, server, PeerRole.SERVER);
  }

  /**
   * The identity the peer of a finished handshake has proven.
   *
   * @throws IllegalStateException if there was no handshake
   */
  public static SpiffeId peerId(SSLSession session) {
    return ProvenId.of(session).orElseGet(() -> SvidVerifier.claimedId(peerLeaf(session)));
  }

  /**
   * Judges the peer of a finished handshake once more: certificates are revoked, and roots go,
   * while connections stay. One that has only expired since was good when it was shown. Cheap as
   * long as nothing has changed.
   */
  public Verdict judgeAgain(SSLSession session, WorkloadCertificate own, PeerRole peer) {
    List<X509Certificate> chain =
        Arrays.stream(peerChain(session)).map(X509Certificate.class::cast).toList();
    return verifier.verifyAgain(chain, peer, own.trust());
  }

  private static X509Certificate peerLeaf(SSLSession session) {
    return (X509Certificate) peerChain(session)[0];
  }

  private static Certificate[] peerChain(SSLSession session) {
    try {
      return session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("session: without a verified peer", e);
    }
  }

  /** Handshakes under way. */
  int pendingHandshakes() {
    return checks.size();
  }

  private SslHandler handler(
      ByteBufAllocator alloc, WorkloadCertificate own, PeerCheck check, PeerRole peer) {
    String ticket = checks.add(check);
    SslHandler handler =
        contexts.use(own, peer, context -> TlsContexts.handler(context, alloc, ticket));
    handler.setHandshakeTimeoutMillis(settings.handshakeTimeout().toMillis());
    handler
        .handshakeFuture()
        .addListener(done -> {
          checks.remove(ticket);
          // The JDK would offer a TLS 1.2 session for resumption.
          if (settings.provider() == TlsSettings.Provider.JDK) {
            handler.engine().getSession().invalidate();
          }
        });
    return handler;
  }

  /** Drops the contexts. Connections that are open stay so. */
  @Override
  public void close() {
    contexts.clear();
  }
}
