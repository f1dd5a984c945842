package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.TunnelConnection;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelServer;
import dev.marrow.http.Abort;
import dev.marrow.http.ByteBudget;
import dev.marrow.http.ChannelStream;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.report.Flag;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One pod's share of one event loop, to which it is confined. */
final class PodLoop {
  private static final int RECHECKED_AT_ONCE = 512;

  private final EventLoop loop;
  private final PodName name;
  private final Sockets sockets;
  private final Node node;
  private final Router router;
  private final Admission admission;
  private final Outliers outliers;
  private final TunnelPool pool;
  private final AppDialer apps;
  private final ByteBudget budget;
  private final AtomicInteger open;
  private final Set<Tracked> connections = new HashSet<>();
  private final Set<Served> servers = new HashSet<>();
  private final PeerWatch peers;
  private final Turnover turnover = new Turnover(System.nanoTime());
  private final List<Waiter> waiters = new ArrayList<>();
  private boolean recheckAgain;
  private boolean rechecking;
  private boolean stopped;
  private int shaking;
  private boolean draining;
  private Duration drainGrace = Duration.ZERO;

  /** A tunnel connection we accepted, and how its peer was judged. */
  record Served(
      TunnelServer server, TunnelConnection connection, SslHandler tls, WorkloadCertificate own) {}

  private record Waiter(Consumer<Workload> known, Runnable timedOut, long sinceNanos) {}

  /**
   * @param open how much the pod has on all event loops, this one's share included
   */
  PodLoop(
      EventLoop loop,
      PodName name,
      Sockets sockets,
      Node node,
      Admission admission,
      AtomicInteger open) {
    this.admission = admission;
    this.open = open;
    this.loop = loop;
    this.name = name;
    this.sockets = sockets;
    this.node = node;
    this.budget = node.queues().of(loop, name);
    this.outliers = new Outliers(node.rules().dials().outlier(), System::nanoTime);
    this.router =
        new Router(node.rules().waypoints().refuseUnresolved(), outliers, new SplittableRandom());
    this.peers = new PeerWatch(node.identities());
    this.pool =
        new TunnelPool(
            loop,
            node.identities().certificates(),
            peers,
            new PodDialer(sockets),
            node.tunnels().client(),
            budget);
    this.apps = new AppDialer(loop, sockets, node.rules().dials().timeout());
  }

  EventLoop loop() {
    return loop;
  }

  PodName name() {
    return name;
  }

  Sockets sockets() {
    return sockets;
  }

  Node node() {
    return node;
  }

  Router router() {
    return router;
  }

  Outliers outliers() {
    return outliers;
  }

  TunnelPool pool() {
    return pool;
  }

  PeerWatch peers() {
    return peers;
  }

  /** A stream to or from an application. */
  ChannelStream stream(Channel channel) {
    return ChannelStream.on(channel).chargeTo(budget);
  }

  /** What connections of this identity hold in memory counts here. */
  ByteBudget budget() {
    return budget;
  }

  AppDialer apps() {
    return apps;
  }

  boolean stopped() {
    return stopped;
  }

  /** The pod's own workload: now, or when it becomes known, or not at all within the limit. */
  void workload(Consumer<Workload> known, Runnable timedOut) {
    Optional<Workload> own = name.in(node.mesh().current());
    if (own.isPresent()) {
      known.accept(own.get());
      return;
    }
    var waiter = new Waiter(known, timedOut, System.nanoTime());
    waiters.add(waiter);
    Duration limit = node.rules().waits().workload();
    loop.schedule(() -> expire(waiter), limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void expire(Waiter waiter) {
    if (waiters.remove(waiter)) {
      node.reporting().counters().earlyDenied().increment();
      waiter.timedOut().run();
    }
  }

  /**
   * The view changed: whoever waited for the workload goes on, open connections are judged anew.
   */
  void viewChanged(boolean decisionsMayDiffer) {
    if (!waiters.isEmpty()) {
      Optional<Workload> own = name.in(node.mesh().current());
      if (own.isPresent()) {
        var ready = List.copyOf(waiters);
        waiters.clear();
        ready.forEach(w -> w.known().accept(own.get()));
      }
    }
    if (decisionsMayDiffer && !connections.isEmpty()) {
      recheck();
    }
  }

  private void recheck() {
    if (rechecking) {
      recheckAgain = true;
      return;
    }
    rechecking = true;
    recheck(List.copyOf(connections), 0);
  }

  /** Judges a few connections, then lets others have the loop. */
  private void recheck(List<Tracked> all, int from) {
    MeshView view = node.mesh().current();
    Optional<Workload> own = name.in(view);
    int to = Math.min(all.size(), from + RECHECKED_AT_ONCE);
    all.subList(from, to).forEach(c -> c.recheck(view, own));
    if (to < all.size()) {
      loop.execute(() -> recheck(all, to));
      return;
    }
    rechecking = false;
    if (recheckAgain) {
      recheckAgain = false;
      recheck();
    }
  }

  /** Whether one more connection may be; counted if not. */
  boolean admits() {
    boolean room = open.get() < node.rules().maxConnections() && !stopped;
    if (!room) {
      node.reporting().counters().tooMany().increment();
    }
    return room;
  }

  void add(Tracked connection) {
    if (connections.add(connection)) {
      open.incrementAndGet();
    }
  }

  void remove(Tracked connection) {
    if (connections.remove(connection)) {
      open.decrementAndGet();
      turnover.ended(System.nanoTime());
    }
  }

  /** Whether one more connection stays here. */
  boolean keeps() {
    return turnover.keeps(connections.size(), System.nanoTime());
  }

  boolean tracks(Tracked connection) {
    return connections.contains(connection);
  }

  /** A pod of this node calls. */
  void admit(Neighbour caller) {
    if (admits()) {
      new InboundConnection(this, admission, caller).start();
    } else {
      caller.refuse(new Admission.Refused(503, Flag.CONNECT, "too many connections"));
    }
  }

  void add(Served served) {
    if (stopped) {
      served.server().close();
      return;
    }
    servers.add(served);
    open.incrementAndGet();
    if (draining) {
      // It was accepted before the drain began: its peer has sent requests already, perhaps.
      served.server().drain(drainGrace);
    }
  }

  /** A peer's connection was accepted and is not up yet. */
  void shakes() {
    shaking++;
    open.incrementAndGet();
  }

  /** It is up, or over. */
  void shaken() {
    shaking--;
    open.decrementAndGet();
  }

  void remove(Served served) {
    if (servers.remove(served)) {
      open.decrementAndGet();
    }
  }

  /** Who may be trusted has changed: what is open with somebody who is not, ends. */
  void judgePeers() {
    var why = Abort.of(Abort.Reason.POLICY, Failure.REVOKED);
    for (Served served : List.copyOf(servers)) {
      if (node.identities().refusedNow(served.tls(), served.own(), PeerRole.CLIENT)) {
        node.reporting().counters().revokedClients().increment();
        cut(c -> c.inboundOver(served.connection()), why);
        served.server().close();
      }
    }
    Set<SpiffeId> refused = peers.refused();
    if (!refused.isEmpty()) {
      node.reporting().counters().revokedServers().increment();
      cut(c -> c.outboundTo(refused), why);
      pool.cut(connection -> refused.contains(connection.peer()));
    }
  }

  private void cut(Predicate<Tracked> which, Abort why) {
    connections.stream().filter(which).toList().forEach(c -> c.cut(why));
  }

  /**
   * Whatever would be cut by {@link #stop}: connections, peers that may ask for more, handshakes.
   */
  int size() {
    return connections.size() + servers.size() + shaking;
  }

  List<Tracked.Open> open() {
    return connections.stream().map(Tracked::open).toList();
  }

  void flush() {
    connections.forEach(Tracked::flush);
  }

  /**
   * Peers are told to open no more tunnels here; those that are open may run until they are cut.
   * The pool goes on: connections that apps made before the doors closed still need tunnels.
   *
   * @param grace zero for as long as they like
   */
  void drain(Duration grace) {
    draining = true;
    drainGrace = grace;
    List.copyOf(servers).forEach(s -> s.server().drain(grace));
  }

  /** Ends everything now. */
  void stop() {
    stopped = true;
    List.copyOf(connections).forEach(c -> c.cut(Abort.of(Abort.Reason.DRAIN, Failure.DRAIN)));
    // Connections are over by now; peers that wait with theirs are not among them.
    List<Waiter> left = List.copyOf(waiters);
    waiters.clear();
    left.forEach(waiter -> waiter.timedOut().run());
    List.copyOf(servers).forEach(s -> s.server().close());
    pool.close();
  }
}
