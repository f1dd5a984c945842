package dev.marrow.waypoint.upstream;

import dev.marrow.waypoint.route.BackendTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;

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
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .endpointIdentificationAlgorithm("HTTPS")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      ApplicationProtocolConfig.Protocol.ALPN,
                      ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                      ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                      key.http2() ? "h2" : "http/1.1"));
      if (!key.tls().caCertificates().isEmpty()) {
        byte[] pem = key.tls().caCertificates().getBytes(StandardCharsets.US_ASCII);
        builder.trustManager(new ByteArrayInputStream(pem));
      }
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("backend tls: " + key.tls().hostname(), e);
    }
  }
}
