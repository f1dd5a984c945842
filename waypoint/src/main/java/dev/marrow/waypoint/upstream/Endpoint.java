package dev.marrow.waypoint.upstream;

import dev.marrow.http.ByteStream;
import dev.marrow.waypoint.destination.Traffic;
import dev.marrow.waypoint.report.Flag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one endpoint, and those who wait for one. HTTP/1 connections are lent to one
 * request at a time, the most recently used first, so that the others become idle and end; HTTP/2
 * connections to as many as the endpoint allows. Confined to its event loop.
 */
final class Endpoint {
  /** What one HTTP/2 connection may be expected to carry before its SETTINGS have come. */
  private static final int STREAMS_PER_DIAL = 100;

  private static final int MAX_PENDING = 1024;
  private static final int MAX_CONNECTIONS = 1024;

  private final Upstream upstream;
  private final Connector connector;
  private final List<Entry> connections = new ArrayList<>();
  private final Deque<Waiting> waiters = new ArrayDeque<>();
  private Traffic.Pool limits = Traffic.Pool.STANDARD;
  private Circuit circuit = new Circuit();
  private int dials;

  /** Somebody, and the circuit that counts him. */
  private record Waiting(Waiter waiter, Circuit circuit) {}

  /** A connection and what is known about its use. */
  private static final class Entry {
    final HttpConnection connection;
    int requests;
    long lastUsed = System.nanoTime();

    Entry(HttpConnection connection) {
      this.connection = connection;
    }
  }

  Endpoint(Upstream upstream, Connector connector) {
    this.upstream = upstream;
    this.connector = connector;
  }

  void acquire(Traffic.Pool limits, Circuit circuit, Waiter waiter) {
    this.limits = limits;
    this.circuit = circuit;
    Entry free = free();
    if (free != null && waiters.isEmpty()) {
      lend(free, waiter);
      return;
    }
    if (!mayWait(limits, circuit)) {
      waiter.onFailure(new ConnectFailure(Flag.UO, "overflow: pending requests"));
      return;
    }
    waiters.addLast(new Waiting(waiter, circuit));
    dialIfNeeded();
  }

  /** Takes a place, if need be of somebody who has left. */
  private boolean mayWait(Traffic.Pool limits, Circuit circuit) {
    boolean room = waiters.size() < MAX_PENDING && circuit.pending().take(limits.maxPending());
    return room
        || forget() && waiters.size() < MAX_PENDING && circuit.pending().take(limits.maxPending());
  }

  /** Strikes out those who wait no longer; false if there were none. */
  private boolean forget() {
    return waiters.removeIf(waiting -> {
      boolean left = !waiting.waiter().waiting();
      if (left) {
        waiting.circuit().pending().give();
      }
      return left;
    });
  }

  /** The last one that can take a request: the one used last. */
  private @Nullable Entry free() {
    for (int i = connections.size() - 1; i >= 0; i--) {
      Entry entry = connections.get(i);
      if (entry.connection.available()) {
        return entry;
      }
    }
    return null;
  }

  private void lend(Entry entry, Waiter waiter) {
    entry.requests++;
    entry.lastUsed = System.nanoTime();
    waiter.onConnection(entry.connection);
    int most = limits.maxRequestsPerConnection();
    if (most > 0 && entry.requests >= most) {
      connections.remove(entry);
      entry.connection.retire();
    }
  }

  private void dialIfNeeded() {
    int perDial = upstream.http2() ? STREAMS_PER_DIAL : 1;
    Circuit counting = circuit;
    while (dials * perDial < waiters.size() && mayDial(counting)) {
      dials++;
      connector.connect(upstream, limits.connectTimeout(), result -> dialed(result, counting));
    }
  }

  /** One is always allowed, as in Envoy: else who waits here would wait for other endpoints. */
  private boolean mayDial(Circuit counting) {
    if (connections.isEmpty() && dials == 0) {
      return counting.connections().take(0);
    }
    return connections.size() + dials < MAX_CONNECTIONS
        && counting.connections().take(limits.maxConnections());
  }

  private void dialed(Connector.Result result, Circuit counting) {
    dials--;
    switch (result) {
      case Connector.Result.Opened opened -> add(opened.stream(), counting);
      case Connector.Result.Failed failed -> {
        counting.connections().give();
        fail(failed.failure());
      }
    }
  }

  private void add(ByteStream stream, Circuit counting) {
    Consumer<HttpConnection> gone =
        connection -> {
          counting.connections().give();
          gone(connection);
        };
    HttpConnection connection =
        upstream.http2()
            ? H2Upstream.on(stream, connector.home().budget(), this::freed, gone)
            : H1Upstream.on(stream, this::freed, gone);
    connections.add(new Entry(connection));
    serve();
  }

  /** Fails those for whom no dial is left. */
  private void fail(ConnectFailure failure) {
    int perDial = upstream.http2() ? STREAMS_PER_DIAL : 1;
    while (waiters.size() > dials * perDial) {
      Waiter waiter = next();
      if (waiter.waiting()) {
        waiter.onFailure(failure);
      }
    }
  }

  /** A connection can take a request again. */
  private void freed() {
    serve();
  }

  private void serve() {
    while (!waiters.isEmpty()) {
      Entry free = free();
      if (free == null) {
        dialIfNeeded();
        return;
      }
      Waiter waiter = next();
      if (waiter.waiting()) {
        lend(free, waiter);
      }
    }
  }

  private Waiter next() {
    Waiting first = waiters.removeFirst();
    first.circuit().pending().give();
    return first.waiter();
  }

  private void gone(HttpConnection connection) {
    connections.removeIf(entry -> entry.connection == connection);
    serve();
  }

  /** Ends what has been idle for too long; true if nothing is left. */
  boolean sweep() {
    forget();
    long idle = limits.idleTimeout().toNanos();
    long now = System.nanoTime();
    for (Entry entry : List.copyOf(connections)) {
      if (entry.connection.available() && now - entry.lastUsed > idle) {
        connections.remove(entry);
        entry.connection.retire();
      }
    }
    return connections.isEmpty() && dials == 0 && waiters.isEmpty();
  }
}
