package dev.marrow.hbone;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.identity.tls.TlsSettings;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Mutual TLS of a test mesh: a CA, and a certificate for whoever asks. */
public final class TestTls implements CertificateSource {
  public static final SpiffeId CLIENT = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/client");
  public static final SpiffeId SERVER = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/server");

  private final TestCa ca = TestCa.of("cluster.local");
  private final MeshTls tls = MeshTls.create(TlsSettings.DEFAULT);
  private final Map<SpiffeId, WorkloadCertificate> certificates = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();

  public TunnelTls client() {
    return TunnelTls.of(tls);
  }

  /** A server handler for {@code id} that takes any client of the trust domain. */
  public SslHandler server(SpiffeId id) {
    return tls.server(
        io.netty.buffer.ByteBufAllocator.DEFAULT,
        of(id),
        PeerCheck.sameTrustDomain(ca.trustDomain()));
  }

  public WorkloadCertificate of(SpiffeId id) {
    return certificates.computeIfAbsent(id, one -> ca.issue(one.toString()));
  }

  /** How often a certificate was asked for. */
  public int asked() {
    return asked.get();
  }

  @Override
  public CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
    return CompletableFuture.completedFuture(of(id));
  }

  @Override
  public Optional<WorkloadCertificate> current(SpiffeId id) {
    asked.incrementAndGet();
    return Optional.of(of(id));
  }

  @Override
  public void forget(SpiffeId id) {
    certificates.remove(id);
  }

  @Override
  public void onRenewed(Consumer<WorkloadCertificate> listener) {}

  @Override
  public void close() {
    tls.close();
  }
}
