package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.RelaySettings;
import dev.marrow.hbone.ServerSettings;
import dev.marrow.hbone.SteadyEpoll;
import dev.marrow.http.ChannelStream;
import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.RevocationCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.identity.tls.TlsSettings;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.TestMesh;
import dev.marrow.ztunnel.dns.DnsServer;
import dev.marrow.ztunnel.dns.DnsSockets;
import dev.marrow.ztunnel.report.LogFilter;
import dev.marrow.ztunnel.report.LogSink;
import dev.marrow.ztunnel.report.Logs;
import dev.marrow.ztunnel.report.Metrics;
import dev.marrow.ztunnel.report.Reports;
import dev.marrow.ztunnel.report.TrafficMetrics;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A node proxy without redirection: each pod has a loopback address of its own on which it listens,
 * and the test says where a captured connection wanted to go.
 */
final class TestNode implements AutoCloseable {
  static final TestCa CA = TestCa.of("cluster.local");

  final TestMesh mesh = new TestMesh();
  final Metrics metrics = new Metrics();
  final ByteArrayOutputStream log = new ByteArrayOutputStream();
  final LogSink sink = new LogSink(log, false, 10_000);
  final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, SteadyEpoll.newFactory());
  final Issued certificates = new Issued();
  final Node node;
  final Pods pods;
  private final Logs logs = new Logs(sink, LogFilter.parse("info"), Clock.systemUTC());

  TestNode() {
    this("");
  }

  TestNode(String network) {
    this(network, false);
  }

  /**
   * @param sameNode whether its pods call each other directly
   */
  TestNode(String network, boolean sameNode) {
    this(network, sameNode, RevocationCheck.NONE, Set.of());
  }

  /** A node whose trust domain has further names. */
  TestNode(Set<TrustDomain> aliases) {
    this("", false, RevocationCheck.NONE, aliases);
  }

  /** A node that asks about revocation. */
  TestNode(RevocationCheck revocation) {
    this("", false, revocation, Set.of());
  }

  /** A node that takes SOCKS5, and finds names that the mesh does not have like this. */
  TestNode(Resolver.Lookup upstream) {
    this(
        rules("", false, true),
        RevocationCheck.NONE,
        Set.of(),
        new Resolver(upstream, Runnable::run),
        UnaryOperator.identity());
  }

  /** A node that sees the mesh through {@code seen}. */
  static TestNode seeing(UnaryOperator<MeshSource> seen) {
    return new TestNode(
        rules("", false, false), RevocationCheck.NONE, Set.of(), Resolver.ofSystem(), seen);
  }

  private TestNode(
      String network, boolean sameNode, RevocationCheck revocation, Set<TrustDomain> aliases) {
    this(
        rules(network, sameNode, false),
        revocation,
        aliases,
        Resolver.ofSystem(),
        UnaryOperator.identity());
  }

  private TestNode(
      ProxyRules rules,
      RevocationCheck revocation,
      Set<TrustDomain> aliases,
      Resolver resolver,
      UnaryOperator<MeshSource> seen) {
    aliases.forEach(alias -> certificates.trust.put(alias, Set.of(CA.root())));
    var traffic = new TrafficMetrics(metrics, Duration.ofMinutes(5), 100, System::nanoTime);
    var reports = new Reports(logs.scope("access"), traffic, System::nanoTime);
    node =
        new Node(
            seen.apply(mesh),
            new Identities(
                certificates,
                MeshTls.create(TlsSettings.DEFAULT, Clock.systemUTC(), revocation),
                aliases),
            new Node.Reporting(
                reports, new Counters(metrics), logs.scope("proxy"), logs.scope("rbac")),
            rules,
            new Node.TunnelRules(PoolSettings.standard(), ServerSettings.standard()),
            resolver);
    pods = new Pods(node);
    reports.beforeRead(pods::flush);
  }

  /** A node whose pods may have so many connections on each of its two event loops. */
  static TestNode withConnections(int most) {
    return new TestNode(
        rules("", false, false, most),
        RevocationCheck.NONE,
        Set.of(),
        Resolver.ofSystem(),
        UnaryOperator.identity());
  }

  private static ProxyRules rules(String network, boolean sameNode, boolean socks5) {
    return rules(network, sameNode, socks5, 10_000);
  }

  private static ProxyRules rules(
      String network, boolean sameNode, boolean socks5, int connections) {
    return new ProxyRules(
        network,
        new ProxyRules.Names("cluster.local", ""),
        new ProxyRules.Waypoints(true, true),
        RelaySettings.NO_TIMERS,
        new ProxyRules.Waits(Duration.ofMillis(300), Duration.ofMillis(500)),
        new ProxyRules.Dials(Duration.ofSeconds(2), 3, Duration.ofSeconds(10)),
        new ProxyRules.Features(socks5, true, true, sameNode, false, 0),
        connections,
        new ProxyRules.Queues(2 << 20, 8 << 20));
  }

  /** A loopback address that no other test uses, with luck. */
  static String address() {
    var random = ThreadLocalRandom.current();
    return "127.%d.%d.%d"
        .formatted(random.nextInt(2, 250), random.nextInt(1, 250), random.nextInt(1, 250));
  }

  /** The proxy of the pod {@code default/name}, which runs as the account of the same name. */
  Pod pod(String name, String ip) throws IOException {
    Pod pod = listening(name, ip);
    pods.add("uid-" + name, pod.proxy());
    return pod;
  }

  /** The same, before it is told of changes. */
  Pod listening(String name, String ip) throws IOException {
    var sockets = new Loopback(ip);
    var podName = new PodName("default", name, name);
    var names =
        new DnsServer.Names(
            mesh::current,
            () -> DnsServer.Names.Asking.pod("default", "", "cluster.local", name, "v1"),
            "cluster.local",
            "");
    PodProxy proxy =
        PodProxy.start(
            podName,
            sockets,
            node,
            group,
            PodProxy.Scope.POD,
            new PodProxy.Dns(names, List.of(), List.of(), false));
    return new Pod(proxy, sockets, ip);
  }

  /** One pod and how the test acts as its app. */
  record Pod(PodProxy proxy, Loopback sockets, String ip) {
    /** Connects as an app of the pod does; redirection leads it to the proxy. */
    Socket connect(String target, int port) throws IOException {
      return captured(target, port, IllegalPorts.OUTBOUND);
    }

    /** Connects in plaintext to the pod, as somebody outside the mesh does. */
    Socket plaintext(int port) throws IOException {
      return captured(ip, port, IllegalPorts.PLAINTEXT);
    }

    private Socket captured(String target, int port, int listener) throws IOException {
      sockets.target = new InetSocketAddress(InetAddress.ofLiteral(target), port);
      var socket = new Socket();
      socket.setSoTimeout(5000);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(ip, listener), 2000);
      return socket;
    }
  }

  /** How often a read had to wait for memory. */
  long pauses() {
    return node.reporting().counters().queuePauses().sum();
  }

  long queuedBytes() {
    return node.queuedBytes();
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  /** Waits for a line of the log. */
  void awaitLog(String part) {
    await(() -> log().contains(part), "log line with '" + part + "'");
  }

  static void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within 5 s: " + what);
      }
      Thread.onSpinWait();
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    pods.drain(Duration.ZERO);
    group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
    node.identities().tls().close();
    sink.close();
  }

  /** Signs for everybody, at once. */
  static final class Issued implements CertificateSource {
    final Set<SpiffeId> forgotten = ConcurrentHashMap.newKeySet();
    private final Map<SpiffeId, WorkloadCertificate> certificates = new ConcurrentHashMap<>();
    private final Map<TrustDomain, Set<X509Certificate>> trust = new HashMap<>(CA.bundle().roots());

    @Override
    public CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
      return CompletableFuture.completedStage(current(id).orElseThrow());
    }

    @Override
    public Optional<WorkloadCertificate> current(SpiffeId id) {
      return Optional.of(
          certificates.computeIfAbsent(
              id, i -> CA.issue(i.toString(), new TrustBundle(trust), leaf -> {})));
    }

    @Override
    public void forget(SpiffeId id) {
      forgotten.add(id);
    }

    @Override
    public void onRenewed(Consumer<WorkloadCertificate> listener) {}

    @Override
    public void close() {}
  }

  /** Sockets on one loopback address. */
  static class Loopback implements Sockets, DnsSockets {
    private final InetAddress ip;
    private volatile InetSocketAddress target = new InetSocketAddress(0);

    Loopback(String ip) {
      this.ip = InetAddress.ofLiteral(ip);
    }

    @Override
    public ServerChannel listener() {
      return new EpollServerSocketChannel();
    }

    @Override
    public ServerChannel captureListener() {
      return new EpollServerSocketChannel();
    }

    @Override
    public ServerChannel localListener() {
      return new EpollServerSocketChannel();
    }

    @Override
    public SocketChannel connection() {
      return new EpollSocketChannel();
    }

    @Override
    public SocketChannel localConnection() {
      return new EpollSocketChannel();
    }

    @Override
    public SocketChannel tunnelConnection() {
      return new EpollSocketChannel();
    }

    @Override
    public SocketChannel stream() {
      return new EpollSocketChannel();
    }

    @Override
    public SocketChannel connectionAs(InetAddress client) {
      return new EpollSocketChannel();
    }

    @Override
    public InetSocketAddress addressAs(InetAddress client) {
      return new InetSocketAddress(client, 0);
    }

    @Override
    public DatagramChannel datagrams(SocketProtocolFamily family) {
      return new EpollDatagramChannel(family);
    }

    @Override
    public boolean transparent() {
      return false;
    }

    @Override
    public InetSocketAddress anyAddress(int port) {
      return new InetSocketAddress(ip, port);
    }

    @Override
    public InetSocketAddress loopbackAddress(int port) {
      return anyAddress(port);
    }

    @Override
    public WriteBufferWaterMark writeQueue() {
      return ChannelStream.WATERMARK;
    }

    @Override
    public void tunnelConnected(Channel tunnel) {}

    @Override
    public InetSocketAddress originalDestination(Channel accepted) {
      return target;
    }
  }
}
