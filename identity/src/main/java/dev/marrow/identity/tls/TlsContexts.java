package dev.marrow.identity.tls;

import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.WorkloadCertificate;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/** Builds TLS contexts: everything about them that does not depend on the connection. */
final class TlsContexts {
  private static final List<String> TLS13_CIPHERS =
      List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256");
  private static final List<String> TLS12_CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  // RFC 8446 §4.6.1 ends a ticket's life after a week: for a longer one the JDK sends none.
  private static final int NO_TICKETS_SECONDS = 7 * 24 * 3600 + 1;

  private final TlsSettings settings;
  private final SvidVerifier verifier;
  private final PendingChecks checks;

  TlsContexts(TlsSettings settings, SvidVerifier verifier, PendingChecks checks) {
    if (settings.provider() == TlsSettings.Provider.BORINGSSL && !OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "provider: BORINGSSL (expected: its native library; JDK needs none)",
          OpenSsl.unavailabilityCause());
    }
    if (settings.provider() == TlsSettings.Provider.JDK && settings.tls12()) {
      // The only way to have no tickets in TLS 1.2; it holds for the whole process.
      System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    }
    this.settings = settings;
    this.verifier = verifier;
    this.checks = checks;
  }

  /** A context for the side opposite to {@code peer}. */
  SslContext build(WorkloadCertificate own, PeerRole peer) {
    try {
      SslContext context = builder(own, peer).build();
      endSessions(context);
      return context;
    } catch (SSLException e) {
      throw new IllegalStateException("TLS context for " + own, e);
    }
  }

  /** A handler of {@code context}, whose engine has {@code ticket} for its peer's host. */
  static SslHandler handler(SslContext context, ByteBufAllocator alloc, String ticket) {
    SslHandler handler = context.newHandler(alloc, ticket, 0);
    if (handler.engine() instanceof ReferenceCountedOpenSslEngine boring) {
      // Netty's contexts send tickets, which nobody could redeem.
      SSL.setOptions(boring.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }
    return handler;
  }

  private SslContextBuilder builder(WorkloadCertificate own, PeerRole peer) {
    OwnKeyFactory key = new OwnKeyFactory(own);
    SslContextBuilder builder =
        switch (peer) {
          case CLIENT ->
              SslContextBuilder.forServer(keyFactory(key)).clientAuth(ClientAuth.REQUIRE);
          // The identity is in the URI name. There is no host name to look for.
          case SERVER ->
              SslContextBuilder.forClient()
                  .keyManager(keyFactory(key))
                  .endpointIdentificationAlgorithm("");
        };
    builder
        .sslProvider(boring() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
        .protocols(settings.tls12() ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.3"))
        .ciphers(ciphers())
        .trustManager(new PeerTrust(verifier, own.trust(), checks))
        .applicationProtocolConfig(applicationProtocol());
    if (boring()) {
      builder
          .option(
              OpenSslContextOption.GROUPS, settings.compliance().groups().toArray(String[]::new))
          .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, settings.chain().bytes());
    }
    return builder;
  }

  private KeyManagerFactory keyFactory(OwnKeyFactory key) {
    return boring() ? new OpenSslCachingX509KeyManagerFactory(key) : key;
  }

  // A resumed session would skip the certificate: a rotated or revoked identity must show it again.
  private void endSessions(SslContext context) {
    SSLSessionContext sessions = context.sessionContext();
    if (context instanceof ReferenceCountedOpenSslContext boring) {
      boring.sessionContext().setSessionCacheEnabled(false);
    } else {
      sessions.setSessionTimeout(NO_TICKETS_SECONDS);
      sessions.setSessionCacheSize(1);
    }
  }

  // BoringSSL's suites of TLS 1.3 are fixed: naming them would only be noise in the log.
  private @Nullable List<String> ciphers() {
    if (boring()) {
      return settings.tls12() ? TLS12_CIPHERS : null;
    }
    List<String> ciphers = new ArrayList<>(TLS13_CIPHERS);
    if (settings.tls12()) {
      ciphers.addAll(TLS12_CIPHERS);
    }
    return ciphers;
  }

  private ApplicationProtocolConfig applicationProtocol() {
    return boring()
        ? new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            MeshTls.PROTOCOL)
        : new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.FATAL_ALERT,
            SelectedListenerFailureBehavior.FATAL_ALERT,
            MeshTls.PROTOCOL);
  }

  private boolean boring() {
    return settings.provider() == TlsSettings.Provider.BORINGSSL;
  }
}
