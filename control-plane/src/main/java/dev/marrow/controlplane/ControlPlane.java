package dev.marrow.controlplane;

import dev.marrow.controlplane.admin.ConfigDump;
import dev.marrow.controlplane.admin.Counters;
import dev.marrow.controlplane.admin.HttpPages;
import dev.marrow.controlplane.authority.CallerCheck;
import dev.marrow.controlplane.authority.CertificateService;
import dev.marrow.controlplane.authority.IdentityPolicy;
import dev.marrow.controlplane.authority.NodeAccounts;
import dev.marrow.controlplane.graph.Graph;
import dev.marrow.controlplane.publish.Publisher;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.controlplane.publish.Sinks;
import dev.marrow.controlplane.publish.Unbinding;
import dev.marrow.controlplane.serve.AdsService;
import dev.marrow.controlplane.serve.XdsServer;
import dev.marrow.controlplane.settings.Settings;
import dev.marrow.controlplane.status.RefusalCount;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.authority.Authority;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane, put together. Thread-safe. */
public final class ControlPlane implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);
  private static final Duration DEBOUNCE = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Parts parts = new Parts();
  private final Counters counters = new Counters();
  private final ResourceTables tables = new ResourceTables();
  private final NodeAccounts nodes = new NodeAccounts();
  private final Map<String, Integer> pagePorts = new ConcurrentHashMap<>();
  private final Settings settings;
  private final Clock clock;
  private volatile Supplier<ResourceSnapshot> objects = ResourceSnapshot::empty;
  // Confined to whoever follows: first the starting thread, then the compile loop.
  private ResourceSnapshot followed = ResourceSnapshot.empty();
  private volatile Supplier<Optional<String>> obstacle = Optional::empty;
  private volatile BooleanSupplier heard = () -> true;
  private volatile boolean ready;
  private int port;

  private ControlPlane(Settings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Starts all parts; what is served first is complete, however long that takes. */
  public static ControlPlane start(Settings settings, Clock clock)
      throws IOException, InterruptedException {
    ControlPlane plane = new ControlPlane(settings, clock);
    try {
      plane.open();
    } catch (IOException | InterruptedException | RuntimeException e) {
      plane.close();
      throw e;
    }
    return plane;
  }

  private void open() throws IOException, InterruptedException {
    openPages();
    Platform platform =
        parts.add(
            switch (settings.place()) {
              case Settings.Files files -> DirectoryPlatform.open(settings, files, clock);
              case Settings.Cluster cluster ->
                  ClusterPlatform.open(settings, cluster, counters, clock);
            });
    objects = platform.source()::snapshot;
    obstacle = platform::obstacle;
    RefusalCount refusals = new RefusalCount(platform.statuses(), counters::notAccepted);
    Unbinding unbinding =
        new Unbinding(
            tables,
            settings.mesh().rootNamespace(),
            this::serves,
            () -> heard.getAsBoolean(),
            System::nanoTime);
    Sinks sinks = new Sinks(unbinding::update, platform.applier(), refusals);
    Publisher publisher = new Publisher(new Graph(settings.mesh()), sinks);
    CompileLoop loop =
        parts.add(
            new CompileLoop(
                platform.source(), DEBOUNCE, next -> follow(publisher, next), unbinding::proceed));
    loop.start();
    openServer(platform);
    ready = true;
    log.info("serving {} objects on port {}", objects.get().size(), port);
  }

  private void openPages() throws IOException {
    counters.gauge("marrow_objects", () -> objects.get().size());
    counters.gauge("marrow_problems", () -> objects.get().problems().size());
    for (ResourceType type : ResourceType.values()) {
      counters.gauge(
          "marrow_resources_" + type.name().toLowerCase(Locale.ROOT), () -> tables.size(type));
    }
    ConfigDump dump = new ConfigDump(tables);
    Settings.Listen listen = settings.listen();
    page(
        "readiness",
        listen.readiness(),
        Map.of(
            "/healthz/ready",
            this::readiness,
            "/healthz/live",
            () -> HttpPages.Page.text(200, "alive\n")));
    page(
        "admin",
        listen.admin(),
        Map.of("/config_dump", () -> HttpPages.Page.json(dump.text(objects.get()))));
    page(
        "metrics",
        listen.metrics(),
        Map.of(
            "/metrics", () -> HttpPages.Page.text(200, counters.text()),
            "/stats/prometheus", () -> HttpPages.Page.text(200, counters.text())));
  }

  private boolean serves(ObjectKey gateway) {
    return objects.get().get(gateway).filter(found -> !found.deleting()).isPresent();
  }

  private HttpPages.Page readiness() {
    Optional<String> why = ready ? obstacle.get() : Optional.of("starting");
    return why.map(text -> HttpPages.Page.text(503, text + "\n"))
        .orElseGet(() -> HttpPages.Page.text(200, "ready\n"));
  }

  private void page(
      String name, InetSocketAddress address, Map<String, Supplier<HttpPages.Page>> pages)
      throws IOException {
    HttpPages opened = parts.add(HttpPages.open(address, pages));
    pagePorts.put(name, opened.address().getPort());
  }

  private void follow(Publisher publisher, ResourceSnapshot next) {
    long start = System.nanoTime();
    nodes.follow(next, next.changedSince(followed));
    followed = next;
    int asked = publisher.publish(next);
    counters.compiled(Duration.ofNanos(System.nanoTime() - start), asked);
  }

  private void openServer(Platform platform) throws IOException {
    Authority authority = platform.authority();
    ExecutorService senders = parts.add(Executors.newVirtualThreadPerTaskExecutor());
    Settings.Access access = settings.access();
    CallerCheck callers =
        new CallerCheck(
            platform.tokens(), SvidVerifier.of(clock), authority::bundle, counters::refused);
    IdentityPolicy policy =
        new IdentityPolicy(settings.mesh().trustDomain(), access.nodeProxies(), nodes, PATIENCE);
    CertificateService certificates =
        new CertificateService(
            policy,
            authority,
            new CertificateService.Lives(access.certificateLife(), access.longestCertificateLife()),
            counters::refused,
            counters::issued);
    AdsService ads = new AdsService(tables, () -> objects.get(), senders, counters);
    heard = ads::heard;
    XdsServer server =
        parts.add(
            XdsServer.open(
                settings.listen().xds(),
                () ->
                    authority.serverCertificate(
                        settings.listen().hosts(),
                        ListenAddresses.of(settings.listen().xds().getAddress()),
                        Duration.ofHours(24)),
                () -> authority.activeRoot() + authority.rootNames(),
                callers,
                List.of(ads, certificates),
                access.connectionAge()));
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
    parts.close();
  }
}
