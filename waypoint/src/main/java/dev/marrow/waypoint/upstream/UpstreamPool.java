package dev.marrow.waypoint.upstream;

import dev.marrow.waypoint.destination.Traffic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Keeps connections to endpoints and lends them out. One per event loop and confined to it: a
 * request, its endpoint's connection and its tunnel never change threads.
 */
public final class UpstreamPool {
  /** How often connections that nobody uses are looked for. */
  private static final Duration SWEEP = Duration.ofSeconds(5);

  private final Connector connector;
  private final Map<Upstream, Endpoint> endpoints = new HashMap<>();

  public UpstreamPool(Connector connector) {
    this.connector = connector;
    sweepLater();
  }

  /**
   * Asks for a connection.
   *
   * @param circuit counts for the service the request is for
   * @param waiter called exactly once, possibly inside this call
   */
  public void acquire(Upstream upstream, Traffic.Pool limits, Circuit circuit, Waiter waiter) {
    Endpoint endpoint = endpoints.get(upstream);
    if (endpoint == null) {
      endpoint = new Endpoint(upstream, connector);
      endpoints.put(upstream, endpoint);
    }
    endpoint.acquire(limits, circuit, waiter);
  }

  /** Opens a byte stream of its own, for what is not HTTP. */
  public void connect(
      Upstream upstream, Duration timeout, java.util.function.Consumer<Connector.Result> done) {
    connector.connect(upstream, timeout, done);
  }

  private void sweepLater() {
    connector.home().loop().schedule(this::sweep, SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    endpoints.values().removeIf(Endpoint::sweep);
    sweepLater();
  }
}
