package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelServer;
import dev.marrow.http.Abort;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One pod's share of one event loop, to which it is confined. */
final class PodLoop {
  private static final int RECHECKED_AT_ONCE = 512;

  private final EventLoop loop;
  private final PodName name;
  private final Sockets sockets;
  private final Node node;
  private final Router router;
  private final Outliers outliers;
  private final TunnelPool pool;
  private final AppDialer apps;
  private final Set<Tracked> connections = new HashSet<>();
  private final Set<TunnelServer> servers = new HashSet<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private boolean recheckAgain;
  private boolean rechecking;
  private boolean stopped;

  private record Waiter(Consumer<Workload> known, Runnable timedOut, long sinceNanos) {}

  PodLoop(EventLoop loop, PodName name, Sockets sockets, Node node) {
    this.loop = loop;
    this.name = name;
    this.sockets = sockets;
    this.node = node;
    this.outliers = new Outliers(node.rules().dials().outlier(), System::nanoTime);
    this.router =
        new Router(node.rules().waypoints().refuseUnresolved(), outliers, new SplittableRandom());
    this.pool =
        new TunnelPool(
            loop,
            node.identities().certificates(),
            node.identities().client(),
            new PodDialer(sockets),
            node.tunnels().client());
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
    own.ifPresent(workload -> all.subList(from, to).forEach(c -> c.recheck(view, workload)));
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
    boolean room = connections.size() < node.rules().maxConnections() && !stopped;
    if (!room) {
      node.reporting().counters().tooMany().increment();
    }
    return room;
  }

  void add(Tracked connection) {
    connections.add(connection);
  }

  void remove(Tracked connection) {
    connections.remove(connection);
  }

  boolean tracks(Tracked connection) {
    return connections.contains(connection);
  }

  void add(TunnelServer server) {
    if (stopped) {
      server.close();
    } else {
      servers.add(server);
    }
  }

  void remove(TunnelServer server) {
    servers.remove(server);
  }

  int size() {
    return connections.size();
  }

  List<Tracked.Open> open() {
    return connections.stream().map(Tracked::open).toList();
  }

  void flush() {
    connections.forEach(Tracked::flush);
  }

  /** No new tunnels either way; those that are open may run until they are cut. */
  void drain(Duration grace) {
    pool.drain(grace);
    List.copyOf(servers).forEach(s -> s.drain(grace));
  }

  /** Ends everything now. */
  void stop() {
    stopped = true;
    waiters.clear();
    List.copyOf(connections).forEach(c -> c.cut(Abort.of(Abort.Reason.DRAIN, Failure.DRAIN)));
    List.copyOf(servers).forEach(TunnelServer::close);
    pool.close();
  }
}
