package dev.marrow.waypoint.upstream;

import dev.marrow.waypoint.route.BackendTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS from us to backends (BackendTLSPolicy), one context per policy. Thread-safe. */
public final class BackendTlsContexts {
  private record Key(BackendTls tls, boolean http2) {}

  private final Map<Key, SslContext> contexts = new ConcurrentHashMap<>();

  SslHandler handler(Upstream upstream, ByteBufAllocator allocator) {
    BackendTls tls = Objects.requireNonNull(upstream.tls());
    SslContext context =
        contexts.computeIfAbsent(new Key(tls, upstream.http2()), BackendTlsContexts::build);
    return context.newHandler(allocator, tls.hostname(), 443);
  }

  private static SslContext build(Key key) {
    BackendTls tls = key.tls();
    boolean byHostname = tls.subjectAltNames().isEmpty();
    try {
      X509ExtendedTrustManager roots = roots(tls.caCertificates());
      return SslContextBuilder.forClient()
          .sslProvider(SslProvider.JDK)
          .endpointIdentificationAlgorithm(byHostname ? "HTTPS" : null)
          .trustManager(byHostname ? roots : new NamedPeers(roots, tls.subjectAltNames()))
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  ApplicationProtocolConfig.Protocol.ALPN,
                  ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                  ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                  key.http2() ? "h2" : "http/1.1"))
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("backend tls: " + tls.hostname(), e);
    }
  }

  private static X509ExtendedTrustManager roots(String pem)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(pem.isEmpty() ? null : store(pem));
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("trust manager: none (expected: one for X.509)");
  }

  private static @Nullable KeyStore store(String pem) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (pem.equals(BackendTls.NOBODY)) {
      return store;
    }
    int index = 0;
    for (Certificate root :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
      store.setCertificateEntry("root-" + index++, root);
    }
    return store;
  }
}
