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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request whose answer nobody waits for. It never slows the original down: a copy that
 * cannot keep up is given up. Confined to its event loop.
 */
final class MirrorCall implements Waiter, StreamListener, ByteStream.Listener {
  private static final int MOST_QUEUED = 256 * 1024;

  private final Headers request;
  private final boolean bodyless;
  private final PartQueue queued = new PartQueue();
  private @Nullable MessageStream stream;
  private int queuedBytes;
  private boolean bodyFinished;
  private boolean over;

  private MirrorCall(Headers request, boolean bodyless) {
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
      MirrorCall call = new MirrorCall(request.copy(), body.bodyless());
      if (!body.bodyless()) {
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
    if (bodyFinished) {
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
      if (to != null) {
        to.reset(Abort.CANCELLED);
      }
      end();
    } else if (to == null) {
      queued.add(bytes);
    } else {
      to.write(bytes);
      to.flush();
    }
  }

  void bodyFinished() {
    bodyFinished = true;
    MessageStream to = stream;
    if (to != null && !over) {
      to.finish();
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
    end();
  }

  @Override
  public void onReset(Abort why) {
    end();
  }

  private void end() {
    over = true;
    queued.release();
  }
}
