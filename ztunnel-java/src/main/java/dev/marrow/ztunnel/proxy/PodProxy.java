package dev.marrow.ztunnel.proxy;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.dns.DnsServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The proxy of one workload: its listeners, tunnels and connections. Thread-safe. */
public final class PodProxy {
  private static final long POLL_MILLIS = 100;

  private final PodName name;
  private final Sockets sockets;
  private final Node node;
  private final EventLoopGroup group;
  private final IllegalPorts illegal;
  private final Admission admission;
  private final PodLoops loops;
  private final List<Channel> capture = new CopyOnWriteArrayList<>();
  private final List<Channel> tunnel = new CopyOnWriteArrayList<>();
  private final List<DnsServer> dns = new CopyOnWriteArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private PodProxy(PodName name, Sockets sockets, Node node, EventLoopGroup group) {
    this.name = name;
    this.sockets = sockets;
    this.node = node;
    this.group = group;
    ProxyRules.Features features = node.rules().features();
    this.illegal = new IllegalPorts(features.socks5(), features.administrationInPod());
    this.admission =
        new Admission(
            new Admission.Rules(
                illegal,
                node.rules().waypoints().required(),
                node.rules().features().tunnelToLoopback(),
                node.rules().names().preferredNamespace()));
    this.loops = new PodLoops(group, name, sockets, node, admission);
  }

  /** What a proxy listens for. */
  public enum Scope {
    /** Everything a pod needs. */
    POD,
    /** Tunnels only: the node proxy's own metrics. */
    TUNNELS_ONLY
  }

  /**
   * Opens the listeners and returns when all accept.
   *
   * @param dns the pod's DNS proxy and where it listens; may be none
   * @throws IOException if one cannot be opened; nothing is left open then
   */
  public static PodProxy start(
      PodName name, Sockets sockets, Node node, EventLoopGroup group, Scope scope, Dns dns)
      throws IOException {
    var proxy = new PodProxy(name, sockets, node, group);
    try {
      proxy.listen(scope, dns);
      return proxy;
    } catch (IOException | RuntimeException e) {
      proxy.stop();
      throw e;
    }
  }

  /** The DNS proxy of a pod. */
  public record Dns(
      DnsServer.Names names,
      List<DnsServer> servers,
      List<InetSocketAddress> at,
      boolean reusePort) {
    public Dns {
      servers = List.copyOf(servers);
      at = List.copyOf(at);
    }
  }

  private void listen(Scope scope, Dns names) throws IOException {
    bind(
        tunnel,
        sockets::listener,
        loop -> false, // tunnels live long
        new TunnelListener(loops, admission)::accept,
        sockets.anyAddress(IllegalPorts.TUNNEL));
    if (scope == Scope.TUNNELS_ONLY) {
      return;
    }
    node.neighbours().add(name, loops);
    bind(
        capture,
        sockets::captureListener,
        loops::keeps,
        new PassthroughListener(loops, admission, illegal)::accept,
        sockets.anyAddress(IllegalPorts.PLAINTEXT));
    bind(
        capture,
        sockets::localListener,
        loops::keeps,
        new OutboundListener(loops, illegal)::accept,
        sockets.anyAddress(IllegalPorts.OUTBOUND));
    if (node.rules().features().socks5()) {
      bind(
          capture,
          sockets::localListener,
          loops::keeps,
          new Socks5Listener(loops, names.names(), illegal)::accept,
          sockets.loopbackAddress(IllegalPorts.SOCKS5));
    }
    dns.addAll(names.servers());
    for (DnsServer server : names.servers()) {
      for (InetSocketAddress address : names.at()) {
        await(server, address, names.reusePort());
      }
    }
  }

  /** Opens a DNS port; a namespace without IPv6 has no {@code ::1}, and nobody will ask there. */
  private static void await(DnsServer server, InetSocketAddress address, boolean reusePort)
      throws IOException {
    for (ChannelFuture bound : server.listen(address, reusePort)) {
      boolean optional = address.getAddress() instanceof java.net.Inet6Address;
      bound.awaitUninterruptibly(5, TimeUnit.SECONDS);
      if (!optional || bound.isSuccess()) {
        await(bound, address);
      }
    }
  }

  private void bind(
      List<Channel> kept,
      ChannelFactory<ServerChannel> listener,
      Predicate<EventLoop> keeps,
      Consumer<Channel> taker,
      InetSocketAddress address)
      throws IOException {
    ChannelFuture bound =
        new Bootstrap()
            .group(group)
            .channelFactory(listener)
            .handler(new Door(group, sockets.writeQueue(), keeps, taker))
            .bind(address);
    kept.add(bound.channel());
    await(bound, address);
  }

  private static void await(ChannelFuture bound, InetSocketAddress address) throws IOException {
    if (!bound.awaitUninterruptibly(5, TimeUnit.SECONDS) || !bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw new IOException(
          "listen at %s: %s".formatted(address, cause == null ? "timed out" : cause.getMessage()),
          cause);
    }
  }

  public PodName name() {
    return name;
  }

  /** Where tunnels are accepted, for tests that let the kernel choose. */
  List<Channel> listeners() {
    var all = new ArrayList<>(capture);
    all.addAll(tunnel);
    return all;
  }

  /** Completes when nothing of this proxy is left. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** The mesh changed. */
  void viewChanged(MeshChange change) {
    boolean decisions = mayChangeDecisions(change);
    loops.each(home -> home.viewChanged(decisions));
  }

  /** Whatever waits for the mesh, or was judged by it, is looked at anew. */
  void lookAgain() {
    loops.each(home -> home.viewChanged(true));
  }

  private boolean mayChangeDecisions(MeshChange change) {
    var delta = change.delta();
    if (!delta.policies().isEmpty() || !delta.removedPolicies().isEmpty()) {
      return true;
    }
    return name.in(change.after())
        .map(own ->
            WaypointBinding.strict(own) || !own.equals(name.in(change.before()).orElse(null)))
        .orElse(false);
  }

  /** A certificate was renewed: new tunnels show the new one. */
  void renewed(dev.marrow.identity.SpiffeId identity) {
    loops.each(home -> home.pool().renewed(identity));
  }

  /** Who may be trusted has changed. */
  void judgePeers() {
    loops.each(PodLoop::judgePeers);
  }

  /** Adds what open connections counted to the metrics; completes when done. */
  CompletableFuture<Void> flush() {
    return onEach(
            home -> {
              home.flush();
              return 0;
            })
        .thenApply(all -> null);
  }

  /** The open connections, for the dump. */
  CompletableFuture<List<Tracked.Open>> open() {
    return onEach(PodLoop::open).thenApply(all -> all.stream().flatMap(List::stream).toList());
  }

  /** How much {@link #stop} would cut now. */
  CompletableFuture<Integer> size() {
    return onEach(PodLoop::size).thenApply(all -> all.stream().mapToInt(Integer::intValue).sum());
  }

  private <T> CompletableFuture<List<T>> onEach(java.util.function.Function<PodLoop, T> asked) {
    var answers =
        loops.all().stream()
            .map(home -> CompletableFuture.supplyAsync(() -> asked.apply(home), home.loop()))
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(done -> answers.stream().map(CompletableFuture::resultNow).toList());
  }

  /**
   * The pod left the mesh: what is open runs to its end. All doors stay open for a while:
   *
   * <ol>
   *   <li>tunnels still come from peers that have not heard yet;
   *   <li>connections that were redirected before the rules went may not have been accepted yet;
   *   <li>a port that is used again soon still carries its old redirection.
   * </ol>
   */
  public void leave() {
    node.neighbours().remove(name, loops);
    Duration grace = node.rules().waits().unlabelGrace();
    group.schedule(this::closeDoors, grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeCapture() {
    node.neighbours().remove(name, loops);
    capture.forEach(Channel::close);
    for (Channel channel : capture) {
      channel.closeFuture().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
  }

  // Runs on an event loop: closes, and does not wait for it.
  private void closeDoors() {
    capture.forEach(Channel::close);
    dns.forEach(DnsServer::close);
    tunnel.forEach(Channel::close);
    loops.each(home -> home.drain(Duration.ZERO));
    stopWhenIdle();
  }

  private void stopWhenIdle() {
    if (over.get()) {
      return;
    }
    size()
        .thenAccept(open -> {
          if (open == 0) {
            stop();
          } else {
            group.schedule(this::stopWhenIdle, POLL_MILLIS, TimeUnit.MILLISECONDS);
          }
        });
  }

  /**
   * Accepts nothing more and says so to peers; what is open may run on. Names are answered to the
   * end: a datagram that waits in a socket that closes is lost, and the app waits seconds for it.
   */
  public CompletableFuture<Void> drain(Duration grace) {
    closeCapture();
    tunnel.forEach(Channel::close);
    // What is left then is cut by its owner first, under its own name.
    loops.each(home -> home.drain(grace.plusSeconds(5)));
    // Not at once: what was accepted last is still on its way to its loop.
    group.schedule(this::stopWhenIdle, POLL_MILLIS, TimeUnit.MILLISECONDS);
    return ended;
  }

  /** Ends everything now. */
  public void stop() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    node.neighbours().remove(name, loops);
    capture.forEach(Channel::close);
    tunnel.forEach(Channel::close);
    dns.forEach(DnsServer::close);
    onEach(
            home -> {
              home.stop();
              return 0;
            })
        .whenComplete((done, failed) -> ended.complete(null));
  }

  /** The pod's workload, if the mesh knows it. */
  public java.util.Optional<Workload> workload() {
    return name.in(node.mesh().current());
  }
}
