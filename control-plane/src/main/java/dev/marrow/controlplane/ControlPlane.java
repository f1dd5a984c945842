package dev.marrow.controlplane;

import dev.marrow.controlplane.admin.ConfigDump;
import dev.marrow.controlplane.admin.Counters;
import dev.marrow.controlplane.admin.HttpPages;
import dev.marrow.controlplane.authority.CallerCheck;
import dev.marrow.controlplane.authority.CertificateService;
import dev.marrow.controlplane.authority.IdentityPolicy;
import dev.marrow.controlplane.authority.NodeAccounts;
import dev.marrow.controlplane.authority.TokenVerifier;
import dev.marrow.controlplane.deploy.GeneratedFiles;
import dev.marrow.controlplane.graph.Graph;
import dev.marrow.controlplane.publish.Publisher;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.controlplane.publish.Sinks;
import dev.marrow.controlplane.serve.AdsService;
import dev.marrow.controlplane.serve.XdsServer;
import dev.marrow.controlplane.settings.Settings;
import dev.marrow.controlplane.status.StatusFiles;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.authority.Authority;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane, put together. Thread-safe. */
public final class ControlPlane implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);
  private static final Duration DEBOUNCE = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Counters counters = new Counters();
  private final ResourceTables tables = new ResourceTables();
  private final NodeAccounts nodes = new NodeAccounts();
  private final Map<String, Integer> pagePorts = new ConcurrentHashMap<>();
  private final Settings settings;
  private final ResourceSource source;
  private final Clock clock;
  // Confined to whoever follows: first the starting thread, then the compile loop.
  private ResourceSnapshot followed = ResourceSnapshot.empty();
  private volatile boolean ready;
  private int port;

  private ControlPlane(Settings settings, ResourceSource source, Clock clock) {
    this.settings = settings;
    this.source = source;
    this.clock = clock;
  }

  /** Starts all parts; what is served first is complete. Takes over {@code source}. */
  public static ControlPlane start(Settings settings, ResourceSource source, Clock clock)
      throws IOException {
    ControlPlane plane = new ControlPlane(settings, source, clock);
    try {
      plane.open();
    } catch (IOException | RuntimeException e) {
      plane.close();
      throw e;
    }
    return plane;
  }

  private void open() throws IOException {
    parts.push(source);
    openPages();
    StatusFiles statuses = new StatusFiles(settings.files().status(), clock);
    parts.push(statuses);
    Sinks sinks = new Sinks(tables, new GeneratedFiles(settings.files().generated()), statuses);
    Publisher publisher = new Publisher(new Graph(settings.mesh()), sinks);
    CompileLoop loop = new CompileLoop(source, DEBOUNCE, next -> follow(publisher, next));
    parts.push(loop);
    loop.start();
    openServer();
    ready = true;
    log.info("serving {} objects on port {}", source.snapshot().size(), port);
  }

  private void openPages() throws IOException {
    counters.gauge("marrow_objects", () -> source.snapshot().size());
    counters.gauge("marrow_problems", () -> source.snapshot().problems().size());
    for (ResourceType type : ResourceType.values()) {
      counters.gauge(
          "marrow_resources_" + type.name().toLowerCase(Locale.ROOT), () -> tables.size(type));
    }
    ConfigDump dump = new ConfigDump(tables);
    Settings.Listen listen = settings.listen();
    page("readiness", listen.readiness(), Map.of("/healthz/ready", this::readiness));
    page(
        "admin",
        listen.admin(),
        Map.of("/config_dump", () -> HttpPages.Page.json(dump.text(source.snapshot()))));
    page(
        "metrics",
        listen.metrics(),
        Map.of(
            "/metrics", () -> HttpPages.Page.text(200, counters.text()),
            "/stats/prometheus", () -> HttpPages.Page.text(200, counters.text())));
  }

  private HttpPages.Page readiness() {
    return ready ? HttpPages.Page.text(200, "ready\n") : HttpPages.Page.text(503, "starting\n");
  }

  private void page(
      String name, InetSocketAddress address, Map<String, Supplier<HttpPages.Page>> pages)
      throws IOException {
    HttpPages opened = HttpPages.open(address, pages);
    parts.push(opened);
    pagePorts.put(name, opened.address().getPort());
  }

  private void follow(Publisher publisher, ResourceSnapshot next) {
    long start = System.nanoTime();
    nodes.follow(next, next.changedSince(followed));
    followed = next;
    int asked = publisher.publish(next);
    counters.compiled(Duration.ofNanos(System.nanoTime() - start), asked);
  }

  private void openServer() throws IOException {
    Authority authority =
        Authority.open(settings.files().authority(), settings.mesh().trustDomain(), clock);
    RootFile roots = new RootFile(settings.files().rootCertificate(), authority);
    parts.push(roots);
    roots.start();
    ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    parts.push(senders);
    Settings.Access access = settings.access();
    CallerCheck callers =
        new CallerCheck(
            new TokenVerifier(
                settings.files().tokenKeys(), access.issuers(), access.audience(), clock),
            SvidVerifier.of(clock),
            authority::bundle,
            counters::refused);
    IdentityPolicy policy =
        new IdentityPolicy(settings.mesh().trustDomain(), access.nodeProxies(), nodes, PATIENCE);
    CertificateService certificates =
        new CertificateService(
            policy,
            authority,
            new CertificateService.Lives(access.certificateLife(), access.longestCertificateLife()),
            counters::refused,
            counters::issued);
    AdsService ads = new AdsService(tables, source::snapshot, senders, counters);
    XdsServer server =
        XdsServer.open(
            settings.listen().xds(),
            () ->
                authority.serverCertificate(
                    settings.listen().hosts(),
                    ListenAddresses.of(settings.listen().xds().getAddress()),
                    Duration.ofHours(24)),
            callers,
            List.of(ads, certificates),
            access.connectionAge());
    parts.push(server);
    port = server.port();
  }

  /** The port of ADS and CSR. */
  public int port() {
    return port;
  }

  /** The port of the {@code readiness}, {@code admin} or {@code metrics} pages. */
  public int pagePort(String name) {
    return pagePorts.getOrDefault(name, 0);
  }

  /** The resources that are served. */
  public ResourceTables tables() {
    return tables;
  }

  @Override
  public void close() {
    ready = false;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} not closed", part, e);
      }
    }
  }
}
