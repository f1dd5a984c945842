package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.upstream.ConnectFailure;
import dev.marrow.waypoint.upstream.Lease;
import dev.marrow.waypoint.upstream.Waiter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A small request of our own to a service of the mesh, with its whole answer in memory, bounded.
 * Confined to its event loop.
 */
final class SideCall implements Waiter, StreamListener, ByteStream.Listener {
  private static final int MOST_BYTES = 64 * 1024;
  private static final HeaderName GRPC_STATUS = HeaderName.of("grpc-status");

  /** What came of it. */
  sealed interface Result {
    record Answered(Headers head, byte[] body, @Nullable Headers trailers) implements Result {
      /** Whether a gRPC call succeeded: what came with a failure is no answer. */
      boolean succeeded() {
        return ResponseHeads.status(head) == 200
            && trailers != null
            && trailers.first(GRPC_STATUS).orElse("").equals("0");
      }
    }

    record Failed(String why) implements Result {}
  }

  private final Headers request;
  private final byte[] body;
  private final Consumer<Result> done;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private @Nullable MessageStream stream;
  private @Nullable Headers head;
  private @Nullable Headers trailers;
  private @Nullable ScheduledFuture<?> timer;
  private boolean over;

  private SideCall(Headers request, byte[] body, Consumer<Result> done) {
    this.request = request;
    this.body = body;
    this.done = done;
  }

  /** Calls {@code done} exactly once, possibly inside this call. */
  static void start(
      Worker worker,
      Site.Bound site,
      Backend backend,
      Client client,
      Headers request,
      byte[] body,
      boolean http2,
      Duration timeout,
      Consumer<Result> done) {
    SideCall call = new SideCall(request, body, done);
    Selection selection =
        Selection.of(worker, site, backend, request, client, http2, Set.of(), Affinity.none());
    switch (selection) {
      case Selection.Nobody nobody -> call.end(new Result.Failed(nobody.reason()));
      case Selection.Selected selected -> {
        call.timer =
            worker
                .loop()
                .schedule(
                    () -> call.end(new Result.Failed("timeout")),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
        worker
            .pool()
            .acquire(
                selected.upstream(),
                selected.traffic().pool(),
                worker.circuit(selected.scope()),
                call);
      }
    }
  }

  /**
   * The head of a unary gRPC call.
   *
   * @param otherwise the authority where the backend has no name
   */
  static Headers grpcHead(Backend backend, String otherwise, String path) {
    String authority =
        backend instanceof Backend.OfService of ? of.service().hostname() : otherwise;
    return new Headers()
        .add(HeaderName.METHOD, "POST")
        .add(HeaderName.SCHEME, "http")
        .add(HeaderName.AUTHORITY, authority)
        .add(HeaderName.PATH, path)
        .add(RequestHeads.CONTENT_TYPE, "application/grpc")
        .add(HeaderName.TE, "trailers");
  }

  @Override
  public boolean waiting() {
    return !over;
  }

  @Override
  public void onFailure(ConnectFailure failure) {
    end(new Result.Failed(failure.detail()));
  }

  @Override
  public void onConnection(Lease lease) {
    MessageStream opened = lease.open(request, body.length == 0, this);
    stream = opened;
    opened.listen(this);
    if (body.length > 0) {
      opened.write(Unpooled.wrappedBuffer(body));
      opened.finish();
    }
    opened.flush();
  }

  @Override
  public void onHeaders(Headers headers, boolean endStream) {
    if (ResponseHeads.status(headers) >= 200) {
      head = headers.copy();
    }
  }

  @Override
  public void onTrailers(Headers received) {
    trailers = received.copy();
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    int length = bytes.readableBytes();
    MessageStream from = stream;
    if (from != null) {
      from.consumed(length);
    }
    if (answer.size() + length <= MOST_BYTES) {
      byte[] copy = new byte[length];
      bytes.readBytes(copy);
      answer.writeBytes(copy);
      bytes.release();
    } else {
      bytes.release();
      end(new Result.Failed("answer too large"));
    }
  }

  @Override
  public void onFinish() {
    Headers known = head;
    end(
        known == null
            ? new Result.Failed("no answer")
            : new Result.Answered(known, answer.toByteArray(), trailers));
    stream = null;
  }

  @Override
  public void onReset(Abort why) {
    stream = null;
    end(new Result.Failed(why.reason() + ":" + why.detail()));
  }

  private void end(Result result) {
    if (over) {
      return;
    }
    over = true;
    ScheduledFuture<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
    }
    MessageStream open = stream;
    if (open != null && result instanceof Result.Failed) {
      open.reset(Abort.CANCELLED);
    }
    done.accept(result);
  }
}
