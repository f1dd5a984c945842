package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.PartQueue;
import dev.marrow.http.h2.StreamListener;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.upstream.ConnectFailure;
import dev.marrow.waypoint.upstream.Lease;
import dev.marrow.waypoint.upstream.Waiter;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request whose answer nobody waits for. It never slows the original down: a copy that
 * cannot keep up is given up. Confined to its event loop.
 */
final class MirrorCall implements Waiter, StreamListener, ByteStream.Listener {
  private static final int MOST_QUEUED = 256 * 1024;

  private final Worker worker;
  private final Headers request;
  private final boolean bodyless;
  private final PartQueue queued = new PartQueue();
  private @Nullable MessageStream stream;
  private @Nullable ScheduledFuture<?> timer;
  private int queuedBytes;
  private boolean bodyFinished;
  private boolean over;

  private MirrorCall(Worker worker, Headers request, boolean bodyless) {
    this.worker = worker;
    this.request = request;
    this.bodyless = bodyless;
  }

  static void start(
      Worker worker,
      Client client,
      Site.Bound site,
      Filter.Mirror mirror,
      Headers request,
      RequestBody body) {
    if (worker.random().nextInt(mirror.denominator()) >= mirror.numerator()
        || request.contains(HeaderName.PROTOCOL)) {
      return;
    }
    Selection selection =
        Selection.of(
            worker, site, mirror.backend(), request, client, false, Set.of(), Affinity.none());
    if (selection instanceof Selection.Selected selected) {
      MirrorCall call = new MirrorCall(worker, request.copy(), body.bodyless());
      if (body.bodyless()) {
        call.bodyFinished();
      } else {
        body.mirror(call);
      }
      worker
          .pool()
          .acquire(
              selected.upstream(),
              selected.traffic().pool(),
              worker.circuit(selected.scope()),
              call);
    }
  }

  @Override
  public boolean waiting() {
    return !over;
  }

  @Override
  public void onFailure(ConnectFailure failure) {
    end();
  }

  @Override
  public void onConnection(Lease lease) {
    MessageStream opened = lease.open(request, bodyless, this);
    stream = opened;
    opened.listen(this);
    for (ByteBuf bytes = queued.poll(); bytes != null; bytes = queued.poll()) {
      opened.write(bytes);
    }
    opened.flush();
    if (bodyFinished && !bodyless) {
      opened.finish();
    }
  }

  /** Owns {@code bytes}. */
  void body(ByteBuf bytes) {
    if (over) {
      bytes.release();
      return;
    }
    queuedBytes += bytes.readableBytes();
    MessageStream to = stream;
    if (queuedBytes > MOST_QUEUED) {
      bytes.release();
      giveUp();
    } else if (to == null) {
      queued.add(bytes);
    } else {
      to.write(bytes);
      to.flush();
    }
  }

  /** The copy is whole. Nobody else would end it if its endpoint never answers. */
  void bodyFinished() {
    if (bodyFinished || over) {
      return;
    }
    bodyFinished = true;
    Duration wait = worker.options().streamIdle();
    if (!wait.isZero()) {
      timer = worker.loop().schedule(this::giveUp, wait.toNanos(), TimeUnit.NANOSECONDS);
    }
    MessageStream to = stream;
    if (to != null) {
      to.finish();
    }
  }

  /** No more of the body will come: a copy that is not whole is no copy. */
  void bodyOver() {
    if (!bodyFinished) {
      giveUp();
    }
  }

  @Override
  public void onWritten(int bytes) {
    queuedBytes -= bytes;
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    MessageStream from = stream;
    if (from != null) {
      from.consumed(bytes.readableBytes());
    }
    bytes.release();
  }

  @Override
  public void onFinish() {
    if (bodyFinished) {
      end();
    } else {
      giveUp();
    }
  }

  @Override
  public void onReset(Abort why) {
    end();
  }

  private void giveUp() {
    MessageStream open = stream;
    if (open != null && !over) {
      open.reset(Abort.CANCELLED);
    }
    end();
  }

  private void end() {
    over = true;
    ScheduledFuture<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
    }
    queued.release();
  }
}
