package dev.marrow.ztunnel;

import dev.marrow.hbone.SteadyEpoll;
import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.RevocationCheck;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.identity.tls.TlsSettings;
import dev.marrow.linux.PageRelease;
import dev.marrow.mesh.file.LocalFileException;
import dev.marrow.ztunnel.admin.AdminServers;
import dev.marrow.ztunnel.admin.Dump;
import dev.marrow.ztunnel.admin.PageServer;
import dev.marrow.ztunnel.admin.Readiness;
import dev.marrow.ztunnel.admin.ReadyFile;
import dev.marrow.ztunnel.capture.PodSockets;
import dev.marrow.ztunnel.capture.ZdsClient;
import dev.marrow.ztunnel.dns.DnsMetrics;
import dev.marrow.ztunnel.dns.Upstreams;
import dev.marrow.ztunnel.proxy.Counters;
import dev.marrow.ztunnel.proxy.Identities;
import dev.marrow.ztunnel.proxy.Node;
import dev.marrow.ztunnel.proxy.PodName;
import dev.marrow.ztunnel.proxy.PodProxy;
import dev.marrow.ztunnel.proxy.Pods;
import dev.marrow.ztunnel.proxy.Resolver;
import dev.marrow.ztunnel.report.Log;
import dev.marrow.ztunnel.report.LogSink;
import dev.marrow.ztunnel.report.Logs;
import dev.marrow.ztunnel.report.Metrics;
import dev.marrow.ztunnel.report.Reports;
import dev.marrow.ztunnel.report.TrafficMetrics;
import dev.marrow.ztunnel.settings.Mode;
import dev.marrow.ztunnel.settings.Ports;
import dev.marrow.ztunnel.settings.Settings;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The running program: everything is made and connected here, from top to bottom. */
public final class Ztunnel implements AutoCloseable {
  private static final int EXPIRY_CHECK_SECONDS = 60;
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(5);

  private final Settings settings;
  private final Log log;
  private final Pods pods;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private Optional<ReadyFile> readyFile = Optional.empty();

  private Ztunnel(Settings settings, Log log, Pods pods) {
    this.settings = settings;
    this.log = log;
    this.pods = pods;
  }

  /** What the program brings along. */
  public record Outside(Logs logs, LogSink sink, String version, Runnable quit) {}

  /**
   * Starts everything that the settings ask for.
   *
   * @throws IOException if a port or file cannot be opened
   * @throws LocalFileException if the local file is wrong
   */
  public static Ztunnel start(Settings settings, Outside outside)
      throws IOException, LocalFileException {
    PodSockets.requireCongestion(settings.sockets());
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            settings.eventLoops(),
            new DefaultThreadFactory("loop", true),
            SteadyEpoll.newFactory());
    var metrics = new Metrics();
    ProcessMetrics.register(metrics, outside.sink(), group, outside.version());
    var readiness = new Readiness();
    // Named before the port opens, or a probe would find nothing to wait for.
    var listening = new AtomicBoolean();
    readiness.await("proxy", listening::get);
    PageServer ready =
        AdminServers.readiness(group, settings.anyAddress(Ports.READINESS), readiness);
    MeshFeed feed = MeshFeed.open(settings, metrics);
    readiness.await("state manager", feed::ready);
    CertificateSource certificates = Certificates.open(settings);
    var revocation = Revocation.of(settings);
    Node node = node(settings, outside.logs(), metrics, feed, certificates, revocation.check());
    metrics.gauge("marrow_queued_bytes", "bytes received and not yet passed on", node::queuedBytes);
    var pods = new Pods(node);
    revocation.watch(pods::judgePeers);
    var ztunnel = new Ztunnel(settings, outside.logs().scope("app"), pods);
    ztunnel.closing.push(group::shutdownGracefully);
    ztunnel.closing.push(node.identities().tls());
    ztunnel.closing.push(certificates);
    ztunnel.closing.push(revocation);
    ztunnel.closing.push(feed);
    ztunnel.closing.push(ready);
    ztunnel.serve(group, metrics, readiness, node, feed);
    ztunnel.administer(group, metrics, outside, node);
    listening.set(true);
    ztunnel.readyFile = settings.report().readyFile().map(f -> ReadyFile.follow(f, readiness));
    ztunnel.closing.push(PageRelease.every(settings.report().releasePages()));
    return ztunnel;
  }

  private static Node node(
      Settings settings,
      Logs logs,
      Metrics metrics,
      MeshFeed feed,
      CertificateSource certificates,
      RevocationCheck revocation) {
    var traffic =
        new TrafficMetrics(
            metrics,
            settings.report().seriesExpiry(),
            settings.report().seriesLimit(),
            System::nanoTime);
    var reports = new Reports(logs.scope("access"), traffic, System::nanoTime);
    return new Node(
        feed.source(),
        new Identities(
            certificates, tls(settings, revocation), settings.node().trustDomainAliases()),
        new Node.Reporting(reports, new Counters(metrics), logs.scope("proxy"), logs.scope("rbac")),
        Rules.of(settings),
        Rules.tunnels(settings),
        Resolver.ofSystem());
  }

  private static MeshTls tls(Settings settings, RevocationCheck revocation) {
    TlsSettings tls =
        TlsSettings.DEFAULT
            .withHandshakeTimeout(settings.tunnels().handshake())
            .withTls12(settings.certificates().tls12())
            .with(
                settings.certificates().postQuantumOnly()
                    ? TlsSettings.Compliance.PQC
                    : TlsSettings.Compliance.DEFAULT);
    return MeshTls.create(tls, Clock.systemUTC(), revocation);
  }

  private void serve(
      EventLoopGroup group, Metrics metrics, Readiness readiness, Node node, MeshFeed feed)
      throws IOException {
    node.reporting().reports().beforeRead(pods::flush);
    group.scheduleAtFixedRate(
        node.reporting().reports()::expire,
        EXPIRY_CHECK_SECONDS,
        EXPIRY_CHECK_SECONDS,
        TimeUnit.SECONDS);
    if (!settings.proxyEnabled()) {
      return;
    }
    var names =
        new Names(
            settings,
            feed.source(),
            Upstreams.read(Path.of("/etc/resolv.conf")),
            new DnsMetrics(metrics));
    var parts = new NodePods.Parts(node, pods, names, group);
    switch (settings.mode()) {
      case Mode.Dedicated dedicated -> dedicated(parts, dedicated);
      case Mode.Shared shared -> shared(parts, shared, metrics, readiness, feed);
    }
  }

  private void dedicated(NodePods.Parts parts, Mode.Dedicated mode) throws IOException {
    var name = new PodName(mode.namespace(), mode.name(), mode.serviceAccount());
    var sockets = new Captured(PodSockets.here(settings.sockets(), true));
    pods.add(
        name.toString(),
        PodProxy.start(
            name,
            sockets,
            parts.node(),
            parts.group(),
            PodProxy.Scope.POD,
            parts.names().of(name, sockets, parts.group().next(), true)));
  }

  private void shared(
      NodePods.Parts parts, Mode.Shared mode, Metrics metrics, Readiness readiness, MeshFeed feed)
      throws IOException {
    if (settings.node().knowsItself()) {
      ourselves(parts);
    }
    var proxies = new NodePods(parts, settings.sockets(), mode.portReuse(), metrics);
    var announcements = new ZdsClient(mode.announcements(), proxies, this::violated);
    metrics.gauge(
        "workload_manager_active_proxy_count",
        "pods that are served",
        () -> announcements.status().active());
    metrics.gauge(
        "workload_manager_pending_proxy_count",
        "pods whose start failed so far",
        () -> announcements.status().pending());
    readiness.await("workload proxy manager", () -> announcements.status().ready());
    // Doors that open before the mesh is known would let apps in only to keep them waiting.
    feed.whenReady(KNOWN_WITHIN, announcements::start);
    closing.push(announcements);
  }

  /** The node agent does not speak our protocol: a fresh start is all that can help. */
  private void violated(String why) {
    log.error("announcements violate the protocol", "error", why);
    System.exit(1);
  }

  /** Lets a captured Prometheus reach our metrics through a tunnel. */
  private void ourselves(NodePods.Parts parts) throws IOException {
    var name =
        new PodName(
            settings.node().podNamespace(),
            settings.node().podName(),
            settings.node().serviceAccount());
    var sockets = new Captured(PodSockets.here(settings.sockets().unspoofed(), true));
    pods.add(
        name.toString(),
        PodProxy.start(
            name,
            sockets,
            parts.node(),
            parts.group(),
            PodProxy.Scope.TUNNELS_ONLY,
            parts.names().none(name)));
  }

  private void administer(EventLoopGroup group, Metrics metrics, Outside outside, Node node)
      throws IOException {
    closing.push(
        AdminServers.metrics(group, settings.anyAddress(settings.ports().metrics()), metrics));
    var dump =
        new Dump(
            node.mesh(),
            node.identities().certificates(),
            pods,
            outside.version(),
            () -> Map.of("settings", settings.toString()));
    closing.push(
        AdminServers.admin(
            group,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.ports().admin()),
            dump,
            outside.logs(),
            outside.quit()));
  }

  /** Takes nothing new and lets what is open end, for as long as the settings allow. */
  public void drain() {
    readyFile.ifPresent(ReadyFile::close);
    log.info("draining", "connections_may_take", settings.connections().waits().drain().toString());
    pods.drain(settings.connections().waits().drain());
  }

  /** Ends everything. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        log.warn("close failed", "error", String.valueOf(e.getMessage()));
      }
    }
  }
}
