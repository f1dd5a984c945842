package dev.marrow.waypoint;

import dev.marrow.hbone.Dialer;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelSockets;
import dev.marrow.http.ByteBudget;
import dev.marrow.http.h1.Limits;
import dev.marrow.http.h1.Timeouts;
import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.issue.FileCertificates;
import dev.marrow.identity.tls.MeshTls;
import dev.marrow.identity.tls.TlsSettings;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.file.LocalFile;
import dev.marrow.mesh.file.LocalFileException;
import dev.marrow.mesh.workload.Place;
import dev.marrow.waypoint.admin.AdminServer;
import dev.marrow.waypoint.compile.DestinationFile;
import dev.marrow.waypoint.destination.Destinations;
import dev.marrow.waypoint.filter.Buckets;
import dev.marrow.waypoint.filter.KeySets;
import dev.marrow.waypoint.filter.Tokens;
import dev.marrow.waypoint.proxy.Listeners;
import dev.marrow.waypoint.proxy.Options;
import dev.marrow.waypoint.proxy.RetryBudget;
import dev.marrow.waypoint.proxy.Sites;
import dev.marrow.waypoint.proxy.Worker;
import dev.marrow.waypoint.report.AccessFormat;
import dev.marrow.waypoint.report.AccessLog;
import dev.marrow.waypoint.report.LiveReports;
import dev.marrow.waypoint.report.Metrics;
import dev.marrow.waypoint.report.RequestReport;
import dev.marrow.waypoint.settings.PeerSettings;
import dev.marrow.waypoint.settings.Settings;
import dev.marrow.waypoint.settings.SettingsException;
import dev.marrow.waypoint.settings.Standalone;
import dev.marrow.waypoint.tap.Taps;
import dev.marrow.waypoint.trace.Spans;
import dev.marrow.waypoint.trace.TraceSettings;
import dev.marrow.waypoint.upstream.BackendTlsContexts;
import dev.marrow.waypoint.upstream.Balancing;
import dev.marrow.waypoint.upstream.Circuits;
import dev.marrow.waypoint.upstream.Connector;
import dev.marrow.waypoint.upstream.Home;
import dev.marrow.waypoint.upstream.Names;
import dev.marrow.waypoint.upstream.UpstreamPool;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running waypoint: all wiring by hand, top to bottom. Thread-safe. */
public final class Waypoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("waypoint");

  private final Transport transport;
  private final Metrics metrics = new Metrics();
  private final Taps taps = new Taps();
  private final AccessLog accessLog;
  private final List<Worker> workers = new ArrayList<>();
  private final List<LiveReports> reports = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Listeners listeners;
  private final Supplier<Destinations> destinations;
  private final Duration drain;
  private final List<Integer> ports = new ArrayList<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean ready;
  private volatile int adminPort;

  /** What the data path is made from. */
  private record Parts(
      MeshSource mesh,
      Supplier<Destinations> destinations,
      String network,
      Supplier<Place> place,
      Optional<Own> own,
      Settings.Logs logs,
      Settings.Tracing tracing,
      int loops,
      int queuedBytes,
      Duration drain,
      Duration streamIdle,
      PeerSettings peers) {}

  /** Our identity, and where its certificate comes from. */
  private record Own(SpiffeId id, CertificateSource certificates, MeshTls tls) {}

  private Waypoint(Parts parts, PrintStream log) {
    transport = Transport.open(parts.loops());
    drain = parts.drain();
    destinations = parts.destinations();
    accessLog =
        new AccessLog(log, parts.logs().json() ? AccessFormat.JSON : AccessFormat.TEXT, metrics);
    Consumer<RequestReport> spans = spans(parts);
    Map<Object, Worker> byLoop = new HashMap<>();
    Sites sites = new Sites(parts.mesh(), parts.destinations(), parts.network());
    Buckets buckets = new Buckets(System::nanoTime);
    Tokens tokens = new Tokens(new KeySets(), Clock.systemUTC());
    BackendTlsContexts backendTls = new BackendTlsContexts();
    Names names = new Names(InetAddress::getAllByName, System::nanoTime);
    Circuits circuits = new Circuits();
    Options options = options(parts);
    for (EventExecutor executor : transport.loops()) {
      EventLoop loop = (EventLoop) executor;
      Home home = new Home(loop, budget(parts));
      Optional<Connector.Tunnels> pool = parts.own().map(own -> tunnels(home, own));
      Connector connector = new Connector(home, pool, transport.sockets(), backendTls, names);
      SplittableRandom random = new SplittableRandom();
      LiveReports loopReports = new LiveReports(loop, metrics, accessLog, spans, taps);
      reports.add(loopReports);
      Balancing balancing = new Balancing(parts.own().map(Own::id), parts.place(), random);
      Worker worker =
          new Worker(
              home,
              sites,
              new Worker.Upstreams(new UpstreamPool(connector), balancing, circuits, random),
              new Worker.Rules(buckets, tokens, new RetryBudget(), options),
              loopReports);
      workers.add(worker);
      byLoop.put(loop, worker);
    }
    listeners = new Listeners(transport.group(), transport.servers(), byLoop);
  }

  private Consumer<RequestReport> spans(Parts parts) {
    if (parts.tracing().collector().isEmpty()) {
      return sampled -> {};
    }
    String name = parts.own().map(own -> own.id().toString()).orElse("waypoint");
    Spans spans =
        Spans.start(
            TraceSettings.to(URI.create(parts.tracing().collector()), Map.of("service.name", name)),
            metrics);
    resources.add(spans);
    return spans::add;
  }

  private static Options options(Parts parts) {
    Options standard = Options.STANDARD;
    PeerSettings peers = parts.peers();
    Limits http1 = standard.http1();
    return new Options(
        parts.own().map(own -> own.id().toString()).orElse(""),
        parts.tracing().percent(),
        new Limits(
            http1.lineBytes(), peers.headerListBytes(), http1.fields(), http1.chunkLineBytes()),
        new Timeouts(peers.head(), peers.keepAlive()),
        standard
            .http2()
            .withMaxConcurrentStreams(peers.streams())
            .withMaxHeaderListBytes(peers.headerListBytes()),
        standard.http2Limits().withRates(peers.resets(), peers.settings(), peers.pings()),
        parts.streamIdle(),
        standard.detect());
  }

  /** Every loop has an equal share. */
  private ByteBudget budget(Parts parts) {
    return ByteBudget.of(
        Math.max(1, parts.queuedBytes() / transport.count()),
        () -> metrics.count("marrow_waypoint_queue_pauses_total"));
  }

  private Connector.Tunnels tunnels(Home home, Own own) {
    Function<Dialer, TunnelPool> pools =
        dialer ->
            new TunnelPool(
                home.loop(),
                own.certificates(),
                new MeshTunnelTls(own.tls()),
                dialer,
                Windows.pool(),
                home.budget());
    TunnelPool pool = pools.apply(TunnelSockets.direct(transport.sockets()));
    own.certificates().onRenewed(renewed -> home.loop().execute(() -> pool.renewed(renewed.id())));
    return new Connector.Tunnels(pool, pools);
  }

  /** Runs from one file, without a control plane. */
  public static Waypoint start(Standalone settings, Runnable quit)
      throws IOException, SettingsException {
    return start(settings, quit, System.out);
  }

  static Waypoint start(Standalone settings, Runnable quit, PrintStream log)
      throws IOException, SettingsException {
    LocalFile mesh;
    try {
      mesh = LocalFile.parse("mesh", settings.mesh());
    } catch (LocalFileException e) {
      throw new SettingsException(List.of(String.valueOf(e.getMessage())));
    }
    Destinations destinations = DestinationFile.parse(settings.destinations());
    Optional<Own> own =
        settings.tunnel() instanceof Standalone.Tunnel.On on
            ? Optional.of(fromFiles(on))
            : Optional.empty();
    Waypoint waypoint =
        new Waypoint(
            new Parts(
                mesh,
                () -> destinations,
                settings.network(),
                () -> new Place(settings.network(), "", "", settings.locality()),
                own,
                settings.logs(),
                settings.tracing(),
                settings.loops(),
                settings.queuedBytes(),
                Duration.ofSeconds(5),
                settings.streamIdle(),
                settings.peers()),
            log);
    own.ifPresent(o -> waypoint.resources.addAll(List.of(o.certificates(), o.tls())));
    for (Standalone.Listener listener : settings.listeners()) {
      waypoint.listened(
          waypoint.listeners.plain(
              new InetSocketAddress(listener.address(), listener.port()),
              listener.service(),
              listener.servicePort()));
    }
    if (settings.tunnel() instanceof Standalone.Tunnel.On on && own.isPresent()) {
      waypoint.listenForTunnels(
          new InetSocketAddress(on.address(), on.port()), own.get(), settings.peers());
    }
    waypoint.admin(settings.ports(), quit);
    waypoint.ready = true;
    return waypoint;
  }

  private static Own fromFiles(Standalone.Tunnel.On on) {
    FileCertificates certificates =
        FileCertificates.watch(
            new FileCertificates.Files(on.chain(), on.key(), on.roots(), Set.of()));
    return new Own(
        SpiffeId.parse(on.identity()), certificates, MeshTls.create(TlsSettings.DEFAULT));
  }

  /** Runs under a control plane. */
  public static Waypoint start(Settings settings, Runnable quit) throws IOException {
    return start(settings, quit, System.out);
  }

  static Waypoint start(Settings settings, Runnable quit, PrintStream log) throws IOException {
    ControlPlane control = ControlPlane.connect(settings);
    Own own =
        new Own(settings.identity(), control.certificates(), MeshTls.create(TlsSettings.DEFAULT));
    Waypoint waypoint =
        new Waypoint(
            new Parts(
                control.mesh(),
                control.destinations(),
                settings.node().network(),
                control.place(settings),
                Optional.of(own),
                settings.logs(),
                settings.tracing(),
                settings.loops(),
                settings.queuedBytes(),
                settings.drain(),
                settings.streamIdle(),
                settings.peers()),
            log);
    waypoint.resources.addAll(List.of(control, own.tls()));
    waypoint.admin(settings.ports(), quit);
    waypoint.listenForTunnels(Settings.everywhere(settings.ports().hbone()), own, settings.peers());
    control
        .ready(settings.identity())
        .whenComplete((done, failure) -> {
          waypoint.ready = failure == null;
          LOG.info("ready: {}", failure == null ? "yes" : failure.getMessage());
        });
    return waypoint;
  }

  private void listenForTunnels(InetSocketAddress address, Own own, PeerSettings peers)
      throws IOException {
    PeerCheck clients = PeerCheck.sameTrustDomain(own.id().trustDomain());
    // Fetched before the first client comes.
    own.certificates()
        .certificate(own.id())
        .whenComplete((certificate, failure) -> {
          if (failure != null) {
            LOG.warn("certificate: {}", failure.getMessage());
          }
        });
    listened(
        listeners.tunnels(
            address,
            Windows.server(peers),
            alloc ->
                own.certificates()
                    .current(own.id())
                    .map(certificate -> own.tls().server(alloc, certificate, clients))));
  }

  private void listened(io.netty.channel.ChannelFuture bound) throws IOException {
    bound.awaitUninterruptibly();
    if (bound.cause() != null) {
      close();
      throw new IOException("listen: " + bound.cause().getMessage(), bound.cause());
    }
    InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
    ports.add(address.getPort());
    LOG.info("listening on {}", address);
  }

  private void admin(Settings.Ports at, Runnable quit) throws IOException {
    List<AdminServer> servers = new Pages(destinations, metrics, taps, () -> ready, quit).serve(at);
    adminPort = servers.getFirst().port();
    resources.addAll(servers);
  }

  /** Where it listens, in the order of the settings. */
  List<Integer> ports() {
    return List.copyOf(ports);
  }

  /** A page of the admin port. */
  URI admin(String page) {
    return URI.create("http://127.0.0.1:" + adminPort + page);
  }

  boolean ready() {
    return ready;
  }

  Metrics metrics() {
    return metrics;
  }

  /**
   * Not ready, GOAWAY and {@code connection: close}; then the end. The {@link Doors} stay open for
   * a while: peers that have not heard yet that we leave still come.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    ready = false;
    workers.forEach(Worker::drain);
    listeners.drain(drain);
    Doors doors = new Doors(System.nanoTime(), drain);
    if (listeners.hasPeers()) {
      waitWhile(() -> doors.open(System.nanoTime(), listeners.lastCame()));
    }
    listeners.close();
    // Those that came meanwhile.
    listeners.drain(drain);
    waitWhile(() -> doors.mayRun(System.nanoTime()) && busy());
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("close: {}", e.getMessage());
      }
    }
    reports.forEach(LiveReports::flush);
    transport.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
    accessLog.close();
  }

  /** A tunnel that says nothing yet may have a request on its way. */
  private boolean busy() {
    return listeners.hasPeers() || workers.stream().anyMatch(Worker::busy);
  }

  private static void waitWhile(BooleanSupplier condition) {
    while (condition.getAsBoolean()) {
      LockSupport.parkNanos(10_000_000);
    }
  }
}
