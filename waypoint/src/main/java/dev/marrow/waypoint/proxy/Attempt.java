package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Traffic;
import dev.marrow.waypoint.report.Flag;
import dev.marrow.waypoint.upstream.Circuit;
import dev.marrow.waypoint.upstream.ConnectFailure;
import dev.marrow.waypoint.upstream.Lease;
import dev.marrow.waypoint.upstream.Scope;
import dev.marrow.waypoint.upstream.Waiter;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One try at one endpoint: waits for a connection, sends the request, and passes the response on.
 * Whatever happens after it was abandoned is dropped. Confined to its event loop.
 */
final class Attempt implements Waiter, StreamListener, ByteStream.Listener {
  /** How the endpoint did cannot be said. */
  private static final int UNKNOWN = -1;

  /** No window bounds heads: who sends more of them than anybody needs is cut. */
  private static final int MOST_INTERIM = 32;

  private final Forwarding forwarding;
  private final Exchange exchange;
  private final Worker worker;
  private final Selection.Selected selected;
  private final Duration limit;
  private @Nullable MessageStream up;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable Headers trailers;
  private boolean abandoned;
  private boolean headPassed;
  private boolean upFinished;
  private boolean upgraded;
  private boolean begun;
  private Circuit.@Nullable Gauge counted;
  private int status;
  private int interim;
  private long received;
  private long credited;

  Attempt(
      Forwarding forwarding,
      Exchange exchange,
      Worker worker,
      Selection.Selected selected,
      Duration limit) {
    this.forwarding = forwarding;
    this.exchange = exchange;
    this.worker = worker;
    this.selected = selected;
    this.limit = limit;
  }

  @Nullable Scope scope() {
    return selected.scope();
  }

  Traffic traffic() {
    return selected.traffic();
  }

  Workload workload() {
    return selected.workload();
  }

  void start() {
    Scope scope = selected.scope();
    if (scope != null) {
      begun = true;
      worker.balancing().begun(scope, selected.workload());
    }
    if (!limit.isZero()) {
      timer = worker.loop().schedule(this::tooSlow, limit.toNanos(), TimeUnit.NANOSECONDS);
    }
    Traffic.Pool limits = selected.traffic().pool();
    Circuit circuit = worker.circuit(scope);
    if (limits.maxRequests() > 0) {
      if (!circuit.requests().take(limits.maxRequests())) {
        onFailure(new ConnectFailure(Flag.UO, "overflow: requests"));
        return;
      }
      counted = circuit.requests();
    }
    worker.pool().acquire(selected.upstream(), limits, circuit, this);
  }

  @Override
  public boolean waiting() {
    return !abandoned;
  }

  @Override
  public void onFailure(ConnectFailure failure) {
    if (!abandoned) {
      uncount();
      // A limit of ours says nothing about the endpoint.
      settle(failure.flag() == Flag.UO ? UNKNOWN : 0);
      forwarding.connectFailed(this, failure);
    }
  }

  @Override
  public void onConnection(Lease lease) {
    exchange.connected();
    if (exchange.request().contains(HeaderName.PROTOCOL) && selected.upstream().http2()) {
      lease.whenSettled(() -> sendIfTaken(lease));
    } else {
      send(lease);
    }
  }

  private void sendIfTaken(Lease lease) {
    if (abandoned) {
      return;
    }
    if (lease.takesExtendedConnect()) {
      send(lease);
    } else {
      // What it does not offer is no failure of the endpoint.
      settle(UNKNOWN);
      onFailure(new ConnectFailure(Flag.UPE, "extended_connect_not_offered"));
    }
  }

  private void send(Lease lease) {
    boolean bodyless = exchange.body().bodyless();
    boolean upgrade = exchange.request().contains(HeaderName.PROTOCOL);
    Headers head =
        RequestHeads.forEndpoint(exchange.request(), selected.upstream().http2(), worker);
    boolean end = bodyless && !(upgrade && selected.upstream().http2());
    MessageStream stream = lease.open(head, end, this);
    if (abandoned) {
      stream.reset(Abort.CANCELLED);
      return;
    }
    up = stream;
    exchange.requestSent();
    stream.listen(this);
    if (!abandoned) {
      exchange.body().sendTo(stream);
    }
  }

  private void tooSlow() {
    if (!abandoned && !headPassed) {
      Abort why = new Abort(Abort.Reason.TIMEOUT, "attempt took longer than " + limit);
      settle(0);
      forwarding.reset(this, why, up != null);
    }
  }

  @Override
  public void onHeaders(Headers headers, boolean endStream) {
    if (abandoned) {
      return;
    }
    status = ResponseHeads.status(headers);
    if (status < 200 || status == 204) {
      // RFC 9110 §8.6 forbids a length here; servers send it all the same, and clients of HTTP/2
      // take that for an error.
      headers.remove(HeaderName.CONTENT_LENGTH);
    }
    if (status < 200 && status != 101) {
      interim(headers);
      return;
    }
    settle(status);
    if (forwarding.retried(this, headers)) {
      return;
    }
    headPassed = true;
    boolean upgrade = exchange.request().contains(HeaderName.PROTOCOL);
    boolean upHttp2 = selected.upstream().http2();
    if (upgrade && WebSockets.agreed(status, upHttp2)) {
      upgraded = true;
      WebSockets.translate(headers, exchange.request(), upHttp2, exchange.ledger().http2());
    }
    forwarding.committed(this, headers);
    exchange.respond(headers, endStream);
  }

  private void interim(Headers headers) {
    interim++;
    if (interim <= MOST_INTERIM) {
      exchange.interim(headers);
    } else {
      settle(0);
      forwarding.reset(this, Abort.of(Abort.Reason.FLOOD, "too many interim responses"), true);
    }
  }

  @Override
  public void onTrailers(Headers received) {
    trailers = received.copy();
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    int length = bytes.readableBytes();
    received += length;
    if (abandoned) {
      bytes.release();
      responseTaken(length);
      return;
    }
    exchange.moved();
    exchange.answer().bytes(bytes, this);
  }

  /** The client took {@code bytes} of what this attempt delivered. */
  void responseTaken(int bytes) {
    MessageStream stream = up;
    long credit = Math.min(bytes, received - credited);
    if (stream != null && credit > 0) {
      credited += credit;
      stream.consumed((int) credit);
    }
  }

  private void uncount() {
    Circuit.Gauge counting = counted;
    if (counting != null) {
      counted = null;
      counting.give();
    }
  }

  @Override
  public void onFinish() {
    upFinished = true;
    uncount();
    MessageStream stream = up;
    if (!abandoned) {
      boolean unsent = !exchange.body().finished();
      exchange.responseFinished(trailers);
      if (unsent && stream != null) {
        leave(stream);
      }
    }
  }

  @Override
  public void onReset(Abort why) {
    if (!upFinished) {
      up = null;
    }
    upFinished = true;
    uncount();
    if (abandoned) {
      return;
    }
    settle(0);
    if (headPassed) {
      exchange.responseBroken(why, why.reason() == Abort.Reason.PROTOCOL ? Flag.UPE : Flag.UR);
    } else {
      forwarding.reset(this, why, true);
    }
  }

  @Override
  public void onWritten(int bytes) {
    exchange.body().taken(bytes);
  }

  /** All is answered and the rest of the request will not come: else it would wait for that. */
  private void leave(MessageStream stream) {
    if (upgraded) {
      stream.finish();
    } else {
      stream.reset(Abort.CANCELLED);
    }
  }

  /** Nobody wants its result any more. */
  void abandon() {
    if (abandoned) {
      return;
    }
    abandoned = true;
    uncount();
    // A client that leaves is not the endpoint's fault.
    settle(status == 0 ? UNKNOWN : status);
    MessageStream stream = up;
    if (stream != null && !upFinished) {
      stream.reset(Abort.CANCELLED);
      up = null;
    }
  }

  private void settle(int result) {
    ScheduledFuture<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
      timer = null;
    }
    Scope scope = selected.scope();
    if (begun && scope != null) {
      begun = false;
      worker.balancing().ended(scope, selected.workload(), result);
    }
  }
}
