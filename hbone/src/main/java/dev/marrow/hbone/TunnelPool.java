package dev.marrow.hbone;

import dev.marrow.http.ByteBudget;
import dev.marrow.http.Headers;
import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The client side of tunnels: finds or opens the mTLS connection to a target and sends CONNECT on
 * it. One dial per key at a time (one more per {@code streamsPerConnection} waiters), shared by all
 * who wait for it; a failure reaches all of them. One pool per event loop and confined to it.
 */
public final class TunnelPool {
  private final EventLoop loop;
  private final CertificateSource certificates;
  private final TunnelTls tls;
  private final Dialer dialer;
  private final PoolSettings settings;
  private final ByteBudget budget;
  private final Map<TunnelTarget, PoolEntry> entries = new HashMap<>();

  /** Entries that want to dial while too many dials are under way. */
  private final ArrayDeque<PoolEntry> dialQueue = new ArrayDeque<>();

  /** The head being sent; one is enough for one loop. */
  private final Headers scratch = new Headers();

  private int dials;
  private int waiters;
  private boolean drained;

  public TunnelPool(
      EventLoop loop,
      CertificateSource certificates,
      TunnelTls tls,
      Dialer dialer,
      PoolSettings settings) {
    this(loop, certificates, tls, dialer, settings, ByteBudget.NONE);
  }

  /**
   * A pool whose tunnels share a bound on memory.
   *
   * @param budget what all tunnels have received and not passed on counts here
   */
  public TunnelPool(
      EventLoop loop,
      CertificateSource certificates,
      TunnelTls tls,
      Dialer dialer,
      PoolSettings settings,
      ByteBudget budget) {
    this.budget = budget;
    this.loop = loop;
    this.certificates = certificates;
    this.tls = tls;
    this.dialer = dialer;
    this.settings = settings;
  }

  public EventLoop loop() {
    return loop;
  }

  /** Asks for a tunnel. {@code done} is called exactly once, never inside this call. */
  public PendingTunnel connect(
      TunnelTarget target, ConnectRequest request, Consumer<TunnelResult> done) {
    var attempt = new TunnelAttempt(this, target, request, done);
    start(attempt);
    return attempt;
  }

  /** Finds a connection for {@code attempt}, or lets it wait for one. */
  void start(TunnelAttempt attempt) {
    if (drained) {
      later(attempt, Failures.drained());
      return;
    }
    entries.computeIfAbsent(attempt.target(), target -> new PoolEntry(this, target)).add(attempt);
  }

  void later(TunnelAttempt attempt, TunnelResult.Failed failed) {
    loop.execute(() -> attempt.fail(failed));
  }

  /**
   * The certificate of {@code source} was renewed: the next tunnels get connections that show the
   * new one; streams on old ones live on.
   */
  public void renewed(SpiffeId source) {
    for (PoolEntry entry : copy()) {
      if (entry.target().source().equals(source)) {
        entry.retireLinks();
      }
    }
  }

  /** Closes the connections that match at once, their tunnels are reset (revocation). */
  public void cut(Predicate<TunnelConnection> which) {
    copy().forEach(entry -> entry.cut(which));
  }

  /**
   * Takes no more requests; connections close when their last tunnel ends, or after {@code grace}.
   */
  public void drain(Duration grace) {
    drained = true;
    copy().forEach(entry -> entry.drain(grace));
  }

  /** Closes everything now. */
  public void close() {
    drained = true;
    copy().forEach(PoolEntry::close);
  }

  /** Connections that are up, for metrics. */
  public int connections() {
    return entries.values().stream().mapToInt(PoolEntry::links).sum();
  }

  /** Dials under way, for metrics. */
  public int dials() {
    return dials;
  }

  private List<PoolEntry> copy() {
    return new ArrayList<>(entries.values());
  }

  // For the entries.

  ByteBudget budget() {
    return budget;
  }

  PoolSettings settings() {
    return settings;
  }

  Headers scratch() {
    return scratch;
  }

  /** Counts one more waiter; false if there are too many. */
  boolean admitWaiter() {
    if (waiters >= settings.maxWaiters()) {
      return false;
    }
    waiters++;
    return true;
  }

  void waiterLeft() {
    waiters--;
  }

  /** Dials for {@code entry} now, or when another dial is over. */
  void dial(PoolEntry entry) {
    if (dials >= settings.parallelDials()) {
      dialQueue.add(entry);
      return;
    }
    dials++;
    new TunnelDial(this, entry, certificates, tls, dialer).start();
  }

  /** A dial of {@code entry} is over, well or not. */
  void dialEnded() {
    dials--;
    while (!dialQueue.isEmpty() && dials < settings.parallelDials()) {
      PoolEntry next = dialQueue.remove();
      if (next.stillWantsDial()) {
        dial(next);
      }
    }
  }

  void remove(PoolEntry entry) {
    entries.remove(entry.target(), entry);
  }
}
