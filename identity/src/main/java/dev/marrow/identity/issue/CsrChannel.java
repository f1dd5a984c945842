package dev.marrow.identity.issue;

import dev.marrow.identity.Pem;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the CSR service, made anew when the files it depends on say something else.
 * Thread-safe: guarded by its monitor. Has one event loop of its own.
 */
final class CsrChannel implements AutoCloseable {
  private static final int IDLE_MINUTES = 5;

  private final CsrSettings settings;
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, Thread.ofPlatform().daemon().name("csr-loop").factory(), EpollIoHandler.newFactory());
  private @Nullable Material material;
  private @Nullable ManagedChannel channel;

  /** What the connection was made of; the parts of a client certificate are empty without one. */
  private record Material(String roots, String chain, String key) {
    @Override
    public String toString() {
      return "Material";
    }
  }

  CsrChannel(CsrSettings settings) {
    this.settings = settings;
  }

  /**
   * Throws {@link IllegalArgumentException} or an I/O exception if a file is not as it should be.
   */
  synchronized Channel open() {
    Material now = read();
    ManagedChannel open = channel;
    if (open == null || !now.equals(material)) {
      ManagedChannel fresh = connect(now);
      if (open != null) {
        open.shutdown();
      }
      channel = fresh;
      material = now;
      return fresh;
    }
    return open;
  }

  private Material read() {
    String roots = settings.roots().read();
    return switch (settings.credentials()) {
      case Credentials.ClientCertificate(var chain, var key) ->
          new Material(roots, new FileOrText.File(chain).read(), new FileOrText.File(key).read());
      case Credentials.Bearer bearer -> new Material(roots, "", "");
      case Credentials.Anonymous nobody -> new Material(roots, "", "");
    };
  }

  private ManagedChannel connect(Material from) {
    return NettyChannelBuilder.forAddress(settings.host(), settings.port())
        .eventLoopGroup(loop)
        .channelType(EpollSocketChannel.class)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .overrideAuthority(authority())
        .sslContext(context(from))
        .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
        .build();
  }

  private String authority() {
    String name = settings.serverName();
    return (name.contains(":") ? "[" + name + "]" : name) + ":" + settings.port();
  }

  private static SslContext context(Material from) {
    X509Certificate[] roots = Pem.certificates(from.roots()).toArray(X509Certificate[]::new);
    if (roots.length == 0) {
      throw new IllegalArgumentException("roots of the CSR service: none (expected: >= 1)");
    }
    try {
      SslContextBuilder builder =
          GrpcSslContexts.configure(SslContextBuilder.forClient())
              .trustManager(roots)
              .protocols("TLSv1.3", "TLSv1.2");
      if (!from.key().isEmpty()) {
        X509Certificate[] chain = Pem.certificates(from.chain()).toArray(X509Certificate[]::new);
        builder.keyManager(Pem.privateKey(from.key()), chain);
      }
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS to the CSR service: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
