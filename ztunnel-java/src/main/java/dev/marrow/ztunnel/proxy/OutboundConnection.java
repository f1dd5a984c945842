package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.Forwarded;
import dev.marrow.hbone.PendingTunnel;
import dev.marrow.hbone.Relay;
import dev.marrow.hbone.RelayEnd;
import dev.marrow.hbone.TraceParent;
import dev.marrow.hbone.TunnelConnection;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.ConnectionReport;
import dev.marrow.ztunnel.report.Reporter;
import dev.marrow.ztunnel.report.Reports;
import io.netty.channel.ChannelFuture;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the pod to somebody: find the pod's workload, route, open, relay, report. Until
 * upstream is open nothing is read from the app, so that another endpoint can be tried. Confined to
 * the event loop of the app's channel.
 */
final class OutboundConnection implements Tracked {
  private final PodLoop home;
  private final ChannelStream app;
  private final InetSocketAddress client;
  private final InetSocketAddress target;
  private final Reports reports;
  private final long startNanos;
  private Set<String> tried = Set.of(); // most connections need neither of the two
  private Set<String> demanded = Set.of();
  private Runnable giveUp = () -> {};
  private String protocol = "TCP";
  private String peer = "";
  private InetSocketAddress hop;
  private int attempts;
  private @Nullable Workload source;
  private @Nullable Failure lastFailure;
  private @Nullable Relay relay;
  private @Nullable ConnectionReport report;
  private boolean unanswered;
  private boolean over;

  OutboundConnection(
      PodLoop home, ChannelStream app, InetSocketAddress client, InetSocketAddress target) {
    this.home = home;
    this.app = app;
    this.client = client;
    this.target = target;
    this.hop = target;
    this.reports = home.node().reporting().reports();
    this.startNanos = reports.nanoTime();
  }

  void start() {
    home.add(this);
    app.channel().closeFuture().addListener(f -> abandoned());
    home.workload(this::route, () -> refuseEarly(Failure.workloadUnknown(home.name())));
  }

  private void refuseEarly(String why) {
    if (over) {
      return;
    }
    end();
    failedEarly(why);
    app.reset(Abort.of(Abort.Reason.REFUSED, why));
  }

  private void failedEarly(String why) {
    reports.failedEarly(
        Reporter.SOURCE, ConnectionFacts.text(client), ConnectionFacts.text(target), why);
  }

  private void route(Workload own) {
    if (over) {
      return;
    }
    source = own;
    attempts++;
    var request = new Router.Request(home.node().mesh().current(), own, target, tried);
    Route route = home.router().route(request);
    Optional<String> missing = Demands.missing(request, route);
    if (missing.isEmpty() || demanded.contains(missing.get())) {
      act(own, Demands.settled(request, route, unanswered));
      return;
    }
    demanded = with(demanded, missing.get());
    var fetched = home.node().mesh().demand(missing.get()).toCompletableFuture();
    boolean known = fetched.isDone() && !fetched.isCompletedExceptionally();
    if (known && home.node().mesh().current() == request.view()) {
      act(own, route);
      return;
    }
    // What is known by then decides: it may be a tunnel after all.
    attempts--;
    fetched.whenComplete((view, failed) -> app.loop().execute(() -> demanded(own, failed != null)));
  }

  private void demanded(Workload own, boolean failed) {
    unanswered = failed;
    route(own);
  }

  private static Set<String> with(Set<String> some, String another) {
    var all = new HashSet<>(some);
    all.add(another);
    return all;
  }

  private void act(Workload own, Route route) {
    switch (route) {
      case Route.Tunnel tunnel -> openTunnel(own, tunnel);
      case Route.NestedTunnel nested -> openNested(own, nested);
      case Route.Direct direct -> connect(direct);
      case Route.Resolve resolve -> resolve(own, resolve);
      case Route.Refuse refuse -> refuse(refuse);
    }
  }

  private void openTunnel(Workload own, Route.Tunnel tunnel) {
    protocol = "HBONE";
    hop = tunnel.nextHop();
    if (home.node().rules().features().sameNode() && callNeighbour(own, tunnel)) {
      return;
    }
    PendingTunnel pending =
        home.pool()
            .connect(to(own, tunnel), request(own, tunnel), result -> tunnelDone(tunnel, result));
    giveUp = pending::cancel;
  }

  /** Calls the pod directly if it is one of this node's; whether it is. */
  private boolean callNeighbour(Workload own, Route.Tunnel tunnel) {
    MeshView view = home.node().mesh().current();
    Optional<PodLoop> there = home.node().neighbours().find(view, home, own, tunnel);
    Optional<SpiffeId> server = view.workload(tunnel.destination().uid()).map(Workload::identity);
    if (there.isEmpty() || server.isEmpty()) {
      return false;
    }
    var call =
        new Neighbour.Call(request(own, tunnel), client, result -> tunnelDone(tunnel, result));
    var caller = new Neighbour(home, to(own, tunnel), server.get(), call);
    giveUp = caller::giveUp;
    // Not inside this call: its result may be there at once.
    home.loop().execute(() -> there.get().admit(caller));
    return true;
  }

  private TunnelTarget to(Workload own, Route.Tunnel tunnel) {
    return new TunnelTarget(
        own.identity(), tunnel.nextHop(), tunnel.accepted(), client.getAddress());
  }

  private ConnectRequest request(Workload own, Route.Tunnel tunnel) {
    return new ConnectRequest(
        tunnel.authority(),
        home.node().rules().features().baggage() ? Parties.baggage(own) : Baggage.NONE,
        new Forwarded(ConnectionFacts.text(client), tunnel.destination().service().host()),
        TraceParent.random(),
        Map.of());
  }

  private void tunnelDone(Route.Tunnel tunnel, TunnelResult result) {
    giveUp = () -> {};
    switch (result) {
      case TunnelResult.Opened opened -> {
        Destination destination = tunnel.destination().as(opened.connection().peer().toString());
        opened(opened.stream(), destination, tunnel.authority().text());
      }
      case TunnelResult.Failed failed -> {
        boolean elsewhere = failed.retryable() || failed.status() == 503;
        if (failed.detail().contains(Failure.REVOCATION)) {
          home.node().reporting().counters().revokedServers().increment();
        }
        failed(Failure.of(failed), elsewhere, tunnel.destination(), tunnel.authority().text());
      }
    }
  }

  private void openNested(Workload own, Route.NestedTunnel nested) {
    protocol = "DOUBLEHBONE";
    hop = nested.outer().nextHop();
    var inner = new NestedTunnels(home, own);
    giveUp =
        inner.open(
            to(own, nested.outer()),
            request(own, nested.outer()),
            nested,
            result -> nestedDone(nested, result));
  }

  private void nestedDone(Route.NestedTunnel nested, TunnelResult result) {
    giveUp = () -> {};
    Destination destination = nested.outer().destination();
    String authority = nested.authority().text();
    switch (result) {
      case TunnelResult.Opened opened ->
          opened(
              opened.stream(),
              new Destination(
                      destination.uid(),
                      Parties.of(opened.baggage()),
                      destination.service(),
                      destination.balanced())
                  .as(opened.connection().peer().toString()),
              authority);
      case TunnelResult.Failed failed ->
          failed(Failure.of(failed), failed.retryable(), destination, authority);
    }
  }

  private void connect(Route.Direct direct) {
    protocol = "TCP";
    hop = direct.address();
    ChannelFuture dialled = home.apps().dial(direct.address());
    giveUp = () -> dialled.channel().close();
    dialled.addListener(f -> {
      giveUp = () -> {};
      if (f.isSuccess()) {
        opened(home.stream(dialled.channel()), direct.destination(), "");
      } else {
        failed(Failure.of(dialled.cause()), true, direct.destination(), "");
      }
    });
  }

  private void resolve(Workload own, Route.Resolve resolve) {
    home.node().reporting().counters().resolved().increment();
    home.node()
        .resolver()
        .resolve(resolve.hostname(), target.getAddress() instanceof Inet4Address)
        .whenComplete((ip, failed) ->
            app.loop()
                .execute(() -> {
                  if (over) {
                    return;
                  }
                  if (failed == null) {
                    act(own, resolve.then().apply(ip));
                  } else {
                    String text = "failed to resolve " + resolve.hostname();
                    failed(
                        Failure.of(Refusal.noHealthyUpstream(text)),
                        false,
                        Destination.UNKNOWN,
                        "");
                  }
                }));
  }

  private void refuse(Route.Refuse refuse) {
    Failure why = lastFailure != null ? lastFailure : Failure.of(refuse.why());
    failed(why, false, refuse.destination(), "");
  }

  /** No byte has been sent: another endpoint may be tried, if there is one. */
  private void failed(Failure why, boolean elsewhere, Destination destination, String authority) {
    if (over) {
      return;
    }
    Workload own = source;
    home.outliers().failed(elsewhere ? destination.uid() : "");
    boolean another = elsewhere && !destination.uid().isEmpty() && destination.balanced();
    if (another && own != null && attempts < home.node().rules().dials().attempts()) {
      lastFailure = why;
      tried = with(tried, destination.uid());
      home.node().reporting().counters().retries().increment();
      route(own);
      return;
    }
    end();
    report(destination, authority).close(why.flag(), why.text());
    app.reset(Abort.of(Abort.Reason.REFUSED, why.text()));
  }

  private void opened(ByteStream upstream, Destination destination, String authority) {
    if (over) {
      upstream.listen(Ignored.LISTENER);
      upstream.reset(Abort.CANCELLED);
      return;
    }
    home.outliers().reached(destination.uid());
    ConnectionReport opened = report(destination, authority);
    report = opened;
    peer = authority.isEmpty() ? "" : opened.destination().principal();
    Relay started =
        Relay.start(app.resetIfKilled(), upstream, home.node().rules().relay(), this::ended);
    if (!over) {
      relay = started;
      opened.counting(started::fromLeft, started::fromRight);
    }
  }

  private ConnectionReport report(Destination destination, String authority) {
    boolean mutualTls = !authority.isEmpty();
    Workload own = source;
    var party =
        own == null
            ? dev.marrow.ztunnel.report.Party.UNKNOWN
            : Parties.of(own).as(mutualTls ? own.identity().toString() : "");
    return reports.open(
        new ConnectionFacts(
            Reporter.SOURCE,
            client,
            party,
            hop,
            authority,
            destination.party(),
            destination.service(),
            mutualTls),
        startNanos);
  }

  private void ended(RelayEnd end) {
    this.end();
    ConnectionReport open = report;
    if (open != null) {
      Failure why = Failure.of(end);
      open.counting(end::fromLeft, end::fromRight);
      open.close(why.flag(), why.level(), why.text());
    }
  }

  /** The app went away while we were dialling for it. */
  private void abandoned() {
    if (over || relay != null) {
      return;
    }
    home.node().reporting().counters().abandoned().increment();
    end();
    failedEarly("client closed the connection before it was established");
  }

  private void end() {
    over = true;
    home.remove(this);
    giveUp.run();
    giveUp = () -> {};
  }

  @Override
  public void cut(Abort why) {
    Relay open = relay;
    if (open != null) {
      open.cut(why);
    } else if (!over) {
      end();
      app.reset(why);
      failedEarly(why.detail());
    }
  }

  /** Policies are enforced at the destination. */
  @Override
  public void recheck(MeshView view, Optional<Workload> own) {}

  @Override
  public boolean inboundOver(TunnelConnection connection) {
    return false;
  }

  @Override
  public boolean outboundTo(Set<SpiffeId> peers) {
    return peers.stream().anyMatch(id -> id.toString().equals(peer));
  }

  @Override
  public void flush() {
    ConnectionReport open = report;
    if (open != null) {
      open.flush();
    }
  }

  @Override
  public Open open() {
    return new Open(
        false,
        ConnectionFacts.text(client),
        ConnectionFacts.text(target),
        ConnectionFacts.text(hop),
        protocol);
  }
}
