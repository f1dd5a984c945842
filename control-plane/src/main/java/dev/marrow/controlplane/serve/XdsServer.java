package dev.marrow.controlplane.serve;

import dev.marrow.identity.authority.ServerCertificate;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC server of all services, over TLS 1.3. A client may show a certificate; who it is, is
 * asked for each call. Its own certificate is replaced long before it ends. Thread-safe.
 */
public final class XdsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(XdsServer.class);
  private static final int MAX_REQUEST_BYTES = 64 << 20;
  private static final Duration RENEWAL = Duration.ofHours(6);
  private static final Duration SIGNER_CHECK = Duration.ofMillis(250);

  private final Server server;
  private final ScheduledExecutorService renewal;
  private final ExecutorService calls;

  private XdsServer(Server server, ScheduledExecutorService renewal, ExecutorService calls) {
    this.server = server;
    this.renewal = renewal;
    this.calls = calls;
  }

  /**
   * Starts to serve.
   *
   * @param certificates makes a new certificate each time
   * @param signers names who signs: our own certificate must not be of a root that is about to go
   * @param connectionAge after which a client is asked to come again
   */
  public static XdsServer open(
      InetSocketAddress address,
      Supplier<ServerCertificate> certificates,
      Supplier<String> signers,
      ServerInterceptor callers,
      List<BindableService> services,
      Duration connectionAge)
      throws IOException {
    AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    renew(keys, certificates);
    ScheduledExecutorService renewal =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("server-certificate").factory());
    renewal.scheduleWithFixedDelay(
        () -> renew(keys, certificates),
        RENEWAL.toSeconds(),
        RENEWAL.toSeconds(),
        TimeUnit.SECONDS);
    AtomicReference<String> signer = new AtomicReference<>(signers.get());
    renewal.scheduleWithFixedDelay(
        () -> {
          String now = signers.get();
          if (!now.equals(signer.getAndSet(now))) {
            log.info("another root signs, or roots have come or gone: a new certificate");
            renew(keys, certificates);
          }
        },
        SIGNER_CHECK.toMillis(),
        SIGNER_CHECK.toMillis(),
        TimeUnit.MILLISECONDS);
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .sslContext(tls(keys))
            .executor(calls)
            .maxInboundMessageSize(MAX_REQUEST_BYTES)
            .maxInboundMetadataSize(32 << 10)
            .maxConcurrentCallsPerConnection(100)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionAge(connectionAge.toSeconds(), TimeUnit.SECONDS)
            .maxConnectionAgeGrace(10, TimeUnit.SECONDS);
    services.forEach(service -> builder.addService(ServerInterceptors.intercept(service, callers)));
    return new XdsServer(builder.build().start(), renewal, calls);
  }

  private static SslContext tls(AdvancedTlsX509KeyManager keys) throws SSLException {
    // The proof of who the client is stands in the call: here every certificate passes.
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK);
    return builder
        .protocols("TLSv1.3")
        .trustManager(new UndecidedTrust())
        .clientAuth(ClientAuth.OPTIONAL)
        .build();
  }

  private static void renew(
      AdvancedTlsX509KeyManager keys, Supplier<ServerCertificate> certificates) {
    try {
      ServerCertificate next = certificates.get();
      keys.updateIdentityCredentials(next.chain().toArray(X509Certificate[]::new), next.key());
    } catch (RuntimeException e) {
      log.error("server certificate not renewed, the last one stays", e);
    }
  }

  public int port() {
    return server.getPort();
  }

  /** Lets calls end, for a moment. */
  @Override
  public void close() {
    renewal.shutdownNow();
    server.shutdown();
    try {
      if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calls.shutdownNow();
  }
}
