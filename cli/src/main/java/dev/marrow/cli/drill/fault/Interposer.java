package dev.marrow.cli.drill.fault;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.local.network.Names;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.ServerCertificate;
import dev.marrow.linux.Netns;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Stands between the node proxies and the control plane and passes every call on, byte for byte,
 * until it is told to add something. Its certificate is the control plane's by name. Thread-safe.
 */
public final class Interposer implements AutoCloseable {
  private static final String NAME = "control-plane.marrow-system.svc";
  private static final int PORT = 15113;
  private static final int CONTROL_PLANE = 15012;
  private static final int MAX_MESSAGE = 200 << 20;

  private final Netns netns;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final PassedCalls calls;
  private final ManagedChannel upstream;
  private final Server server;
  private final Rules redirect;

  private Interposer(DrillMesh mesh) throws IOException {
    netns = Netns.open(Names.path(mesh.names().controlPlane()));
    Authority authority =
        Authority.open(
            mesh.state().authority(), TrustDomain.parse("cluster.local"), Clock.systemUTC());
    upstream = channel(authority);
    calls = new PassedCalls(upstream);
    server = server(authority).build().start();
    redirect =
        Rules.put(
            mesh.names().controlPlane(),
            "chain prerouting { type nat hook prerouting priority dstnat; policy accept; tcp dport %d redirect to :%d; }"
                .formatted(CONTROL_PLANE, PORT));
  }

  /** Stands in between for connections made from now on, and breaks those that are open. */
  public static Interposer start(DrillMesh mesh) throws Exception {
    Interposer interposer = new Interposer(mesh);
    mesh.signal("control-plane", "KILL");
    DrillMesh.until(
        "streams through us", Duration.ofSeconds(30), () -> interposer.calls.open() >= 2);
    return interposer;
  }

  private ManagedChannel channel(Authority authority) throws IOException {
    return NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", CONTROL_PLANE))
        .eventLoopGroup(loops)
        .channelFactory(() -> new NioSocketChannel(this.<SocketChannel>in(SocketChannel::open)))
        .overrideAuthority(NAME + ":" + CONTROL_PLANE)
        .maxInboundMessageSize(MAX_MESSAGE)
        .sslContext(
            GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(authority.roots().toArray(X509Certificate[]::new))
                .build())
        .build();
  }

  private NettyServerBuilder server(Authority authority) throws IOException {
    ServerCertificate own =
        authority.serverCertificate(Set.of(NAME), Set.of(), Duration.ofHours(1));
    return NettyServerBuilder.forAddress(new InetSocketAddress("0.0.0.0", PORT))
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .channelFactory(() ->
            new NioServerSocketChannel(this.<ServerSocketChannel>in(ServerSocketChannel::open)))
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .maxInboundMessageSize(MAX_MESSAGE)
        .sslContext(
            GrpcSslContexts.configure(
                    SslContextBuilder.forServer(
                        own.key(), own.chain().toArray(X509Certificate[]::new)),
                    SslProvider.JDK)
                .build())
        .fallbackHandlerRegistry(
            new HandlerRegistry() {
              @Override
              public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
                return ServerMethodDefinition.create(PassedCalls.method(method), calls);
              }
            });
  }

  private <T> T in(java.util.concurrent.Callable<T> creation) {
    try {
      return netns.call(creation);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a message on every open stream of configuration; how many there are. */
  public int inject(byte[] message) {
    return calls.inject(message);
  }

  /** What node proxies answered to what was injected. */
  public PassedCalls calls() {
    return calls;
  }

  @Override
  public void close() throws IOException {
    redirect.close();
    server.shutdownNow();
    upstream.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    netns.close();
  }
}
