package dev.marrow.waypoint;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.hbone.Authority;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.Relay;
import dev.marrow.hbone.RelaySettings;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelServer;
import dev.marrow.hbone.TunnelSockets;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.Headers;
import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.FileCertificates;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.identity.tls.TlsSettings;
import dev.marrow.waypoint.settings.Standalone;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A client's node proxy, a waypoint and a backend with its node proxy, all on loopback, with real
 * certificates, TLS, tunnels and sockets.
 */
final class TestMesh implements AutoCloseable {
  static final String CLIENT = "spiffe://cluster.local/ns/shop/sa/front";
  private static final String WAYPOINT = "spiffe://cluster.local/ns/shop/sa/waypoint";
  private static final String BACKEND = "spiffe://cluster.local/ns/shop/sa/reviews";
  private static final String GATEWAY = "spiffe://cluster.local/ns/mesh/sa/gateway";
  private static final String VIP = "198.18.255.1";

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final TestCa ca = TestCa.of("cluster.local");
  private final MeshTls tls = MeshTls.create(TlsSettings.DEFAULT);
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Path folder;
  private final HttpServer backend;
  private final InetAddress backendAddress;
  private final InetAddress gatewayAddress;
  private final Waypoint waypoint;
  private final TunnelPool pool;
  private final FileCertificates clientCertificates;
  private final Channel entry;

  /**
   * @param rules the destination's JSON without its target, for example {@code "ports": [...]}
   */
  TestMesh(Path folder, String rules, HttpHandler app) throws Exception {
    this(folder, rules, app, address -> HttpServer.create(address, 0), false);
  }

  /** The same, with the backend in another network, behind its gateway. */
  static TestMesh withBackendAway(Path folder, String rules, HttpHandler app) throws Exception {
    return new TestMesh(folder, rules, app, address -> HttpServer.create(address, 0), true);
  }

  /** Makes the backend's server. */
  interface Servers {
    HttpServer at(InetSocketAddress address) throws Exception;
  }

  TestMesh(Path folder, String rules, HttpHandler app, Servers servers) throws Exception {
    this(folder, rules, app, servers, false);
  }

  private TestMesh(Path folder, String rules, HttpHandler app, Servers servers, boolean away)
      throws Exception {
    this.folder = folder;
    backendAddress = randomLoopback();
    gatewayAddress = randomLoopback();
    backend = servers.at(new InetSocketAddress(backendAddress, 0));
    backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    backend.createContext("/", app);
    backend.start();
    tunnelServer(backendAddress, BACKEND, backend.getAddress());
    tunnelServer(gatewayAddress, GATEWAY, new InetSocketAddress(backendAddress, 15008));
    waypoint =
        Waypoint.start(
            Standalone.read(config(rules, away)),
            () -> {},
            new PrintStream(log, true, StandardCharsets.UTF_8));
    clientCertificates = certificates("client", CLIENT);
    pool =
        new TunnelPool(
            loop,
            clientCertificates,
            new MeshTunnelTls(tls),
            TunnelSockets.direct(NioSocketChannel::new),
            // Small, so that not much has to flow until a client is stuck.
            Windows.pool());
    entry = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::captured);
  }

  /** Where the client's application connects to. */
  int port() {
    return ((InetSocketAddress) entry.localAddress()).getPort();
  }

  Waypoint waypoint() {
    return waypoint;
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  private static InetAddress randomLoopback() throws Exception {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    byte[] bytes = {
      127, (byte) random.nextInt(1, 250), (byte) random.nextInt(250), (byte) random.nextInt(1, 250)
    };
    return InetAddress.getByAddress(bytes);
  }

  private Path config(String rules, boolean away) throws Exception {
    pem("waypoint", WAYPOINT);
    String yaml =
        """
        loops: 1
        queuedBytes: 1048576
        ports: { admin: 0, metrics: 0, readiness: 0 }
        hbone: { address: 127.0.0.1, port: 0, identity: "%s", chain: waypoint.crt, key: waypoint.key, roots: waypoint.ca }
        mesh:
          workloads:
            - { uid: "c//Pod/shop/reviews-1", name: reviews-1, namespace: shop, serviceAccount: reviews, workloadIps: ["%s"], protocol: HBONE, %s services: { "shop/reviews": { "80": %d } } }
            - { uid: "c//Pod/mesh/gateway-1", name: gateway-1, namespace: mesh, serviceAccount: gateway, workloadIps: ["%s"], protocol: HBONE, services: {} }
            - { uid: "c//Pod/shop/front-1", name: front-1, namespace: shop, serviceAccount: front, workloadIps: ["127.0.0.1"], protocol: HBONE, services: {} }
          services:
            - { name: reviews, namespace: shop, hostname: reviews, subjectAltNames: ["%s"], vips: ["/%s"], ports: { "80": %d } }
        destinations:
          - { "service": { "namespace": "shop", "hostname": "reviews" }, %s }
        """
            .formatted(
                WAYPOINT,
                backendAddress.getHostAddress(),
                away ? behindGateway() : "",
                backend.getAddress().getPort(),
                gatewayAddress.getHostAddress(),
                BACKEND,
                VIP,
                backend.getAddress().getPort(),
                rules);
    return Files.writeString(folder.resolve("waypoint.yaml"), yaml);
  }

  private String behindGateway() {
    return "network: far, networkGateway: { destination: \"/%s\", hboneMtlsPort: 15008 },"
        .formatted(gatewayAddress.getHostAddress());
  }

  private FileCertificates certificates(String name, String id) throws Exception {
    pem(name, id);
    return FileCertificates.watch(
        new FileCertificates.Files(
            folder.resolve(name + ".crt"),
            folder.resolve(name + ".key"),
            folder.resolve(name + ".ca"),
            Set.of()));
  }

  private void pem(String name, String id) throws Exception {
    WorkloadCertificate certificate = ca.issue(id);
    StringBuilder chain = new StringBuilder();
    for (var link : certificate.chain()) {
      chain.append(block("CERTIFICATE", link.getEncoded()));
    }
    Files.writeString(folder.resolve(name + ".crt"), chain);
    Files.writeString(
        folder.resolve(name + ".key"), block("PRIVATE KEY", certificate.key().getEncoded()));
    Files.writeString(folder.resolve(name + ".ca"), block("CERTIFICATE", ca.root().getEncoded()));
  }

  private static String block(String type, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return List.of("-----BEGIN " + type + "-----", text, "-----END " + type + "-----").stream()
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private Channel listen(InetSocketAddress address, Consumer<Channel> accepted) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(NioServerSocketChannel::new)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.eventLoop().execute(() -> accepted.accept(channel));
                  }
                });
    return bootstrap.bind(address).syncUninterruptibly().channel();
  }

  /** The client's node proxy: into a tunnel to the waypoint, addressed to the service. */
  private void captured(Channel channel) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), waypoint.ports().getFirst());
    TunnelTarget target =
        new TunnelTarget(
            SpiffeId.parse(CLIENT),
            address,
            Set.of(SpiffeId.parse(WAYPOINT)),
            InetAddress.getLoopbackAddress());
    ConnectRequest request = ConnectRequest.to(Authority.parse(VIP + ":80").orElseThrow());
    pool.connect(target, request, result -> opened(ChannelStream.on(channel), result));
  }

  private static void opened(ByteStream client, TunnelResult result) {
    switch (result) {
      case TunnelResult.Opened opened ->
          Relay.start(client, opened.stream(), RelaySettings.NO_TIMERS, end -> {});
      case TunnelResult.Failed failed -> client.reset(dev.marrow.http.Abort.RESET);
    }
  }

  /**
   * A node proxy, or a gateway: takes tunnels of the waypoint only, and leads them to one place.
   */
  private void tunnelServer(InetAddress at, String id, InetSocketAddress to) {
    WorkloadCertificate own = ca.issue(id);
    listen(
        new InetSocketAddress(at, 15008),
        channel ->
            TunnelServer.start(
                channel,
                tls.server(channel.alloc(), own, PeerCheck.is(SpiffeId.parse(WAYPOINT))),
                MeshTls::peerId,
                dev.marrow.hbone.ServerSettings.standard(),
                connect -> {
                  Bootstrap bootstrap =
                      new Bootstrap()
                          .group(connectLoop())
                          .channelFactory(NioSocketChannel::new)
                          .handler(new ChannelInboundHandlerAdapter());
                  ChannelFuture dialled =
                      TunnelSockets.configure(bootstrap, java.time.Duration.ofSeconds(5))
                          .connect(to);
                  dialled.addListener(done -> {
                    if (done.isSuccess()) {
                      Relay.start(
                          connect.accept(new Headers(1, 0)),
                          ChannelStream.on(dialled.channel()),
                          RelaySettings.NO_TIMERS,
                          end -> {});
                    } else {
                      connect.refuse(503);
                    }
                  });
                }));
  }

  private EventLoop connectLoop() {
    return loop;
  }

  @Override
  public void close() {
    entry.close();
    waypoint.close();
    loop.execute(pool::close);
    clientCertificates.close();
    backend.stop(0);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
    tls.close();
  }
}
