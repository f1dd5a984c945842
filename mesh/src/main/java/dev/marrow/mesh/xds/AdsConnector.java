package dev.marrow.mesh.xds;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;

/** Opens connections to a control plane; reads roots and token anew for each. */
final class AdsConnector {
  private static final int TCP_IDLE_SECONDS = 300;
  private static final int TCP_INTERVAL_SECONDS = 75;
  private static final int TCP_PROBES = 9;

  private final AdsSettings settings;
  private final EventLoopGroup loops;

  AdsConnector(AdsSettings settings, EventLoopGroup loops) {
    this.settings = settings;
    this.loops = loops;
  }

  /** Starts to connect; success or failure arrives as an event. */
  AdsStream open(Consumer<AdsEvent> events) throws IOException, GeneralSecurityException {
    Metadata headers = headers();
    return AdsStream.open(channel(), headers, events);
  }

  private ManagedChannel channel() throws IOException, GeneralSecurityException {
    AdsServer server = settings.server();
    AdsSettings.KeepAlive keepAlive = settings.keepAlive();
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(server.host(), server.port())
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            // The callbacks only put an event into a queue.
            .directExecutor()
            .disableServiceConfigLookUp()
            .disableRetry()
            .maxInboundMessageSize(settings.maxMessageBytes())
            .keepAliveTime(keepAlive.interval().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(keepAlive.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(keepAlive.connectTimeout().toMillis()))
            .withOption(ChannelOption.SO_KEEPALIVE, true)
            .withOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), TCP_IDLE_SECONDS)
            .withOption(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), TCP_INTERVAL_SECONDS)
            .withOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), TCP_PROBES);
    switch (server) {
      case AdsServer.Plaintext _ -> builder.usePlaintext();
      case AdsServer.Tls tls -> {
        builder.sslContext(tlsContext(tls.roots()));
        if (!tls.verifiedName().equals(tls.host())) {
          builder.overrideAuthority(tls.verifiedName());
        }
      }
    }
    return builder.build();
  }

  private static SslContext tlsContext(RootCertificates roots)
      throws IOException, GeneralSecurityException {
    SslContextBuilder builder = GrpcSslContexts.forClient().protocols("TLSv1.3");
    switch (roots) {
      case RootCertificates.System _ -> {}
      case RootCertificates.Pem pem -> builder.trustManager(certificates(pem.text()));
      case RootCertificates.PemFile file ->
          builder.trustManager(certificates(Files.readString(file.path())));
    }
    return builder.build();
  }

  private static X509Certificate[] certificates(String pem) throws GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
      certificates.add((X509Certificate) certificate);
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("root certificates: none (expected: >= 1)");
    }
    return certificates.toArray(X509Certificate[]::new);
  }

  private Metadata headers() throws IOException {
    Metadata headers = new Metadata();
    settings.headers().forEach((name, value) -> headers.put(key(name), value));
    String token =
        switch (settings.token()) {
          case BearerToken.None _ -> "";
          case BearerToken.Literal literal -> literal.token();
          case BearerToken.TokenFile file -> Files.readString(file.path()).strip();
        };
    if (!token.isEmpty()) {
      headers.put(key("authorization"), "Bearer " + token);
    }
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
