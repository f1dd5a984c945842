package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.PartQueue;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The request's body on its way to an endpoint. Nothing is read before there is somebody to take
 * it. As long as it is small, what was sent is remembered, so that it can be sent again; credit
 * goes back to the client as the bytes leave. Confined to its event loop.
 */
final class RequestBody implements ByteStream.Listener {
  private static final int REPLAY_BYTES = 64 * 1024;

  private final Exchange exchange;
  private final MessageStream down;
  private final PartQueue replay = new PartQueue();

  /** What came while nobody was there to take it: no more than the client's window. */
  private final PartQueue held = new PartQueue();

  private @Nullable Collecting collecting;
  private @Nullable MessageStream up;
  private @Nullable Headers trailers;
  private final List<MirrorCall> mirrors = new ArrayList<>(0);
  private boolean bodyless;
  private boolean listening;
  private boolean finished;
  private boolean replayable = true;
  private boolean ended;
  private boolean begun;
  private int replayBytes;
  private int heldBytes;
  private long received;
  private long credited;

  /** The first bytes of a body, or all of a shorter one. */
  record Beginning(byte[] bytes, boolean whole) {}

  private record Collecting(int most, Consumer<Beginning> done) {}

  RequestBody(Exchange exchange, MessageStream down) {
    this.exchange = exchange;
    this.down = down;
  }

  void bodyless(boolean bodyless) {
    this.bodyless = bodyless;
    this.finished = bodyless;
  }

  boolean finished() {
    return finished;
  }

  boolean bodyless() {
    return bodyless;
  }

  /** Whether all that was sent so far could be sent again. */
  boolean replayable() {
    return replayable;
  }

  long received() {
    return received;
  }

  void mirror(MirrorCall copy) {
    mirrors.add(copy);
  }

  void trailers(Headers received) {
    trailers = received.copy();
  }

  /**
   * Reads until {@code most} bytes are here or the body has ended; all of it is still sent on.
   * {@code done} is called exactly once unless the exchange ends before, possibly inside this call.
   */
  void begin(int most, Consumer<Beginning> done) {
    collecting = new Collecting(most, done);
    if (!listening && !bodyless) {
      listening = true;
      down.listen(this);
    }
    collected();
  }

  private void collected() {
    Collecting wanted = collecting;
    if (wanted == null || !finished && heldBytes <= wanted.most()) {
      return;
    }
    collecting = null;
    int shown = Math.min(heldBytes, wanted.most());
    ByteBuffer bytes = ByteBuffer.allocate(shown);
    held.forEach(part -> {
      int length = Math.min(part.readableBytes(), bytes.remaining());
      part.getBytes(part.readerIndex(), bytes.array(), bytes.position(), length);
      bytes.position(bytes.position() + length);
    });
    wanted.done().accept(new Beginning(bytes.array(), finished && shown == heldBytes));
  }

  /** Sends what has come and what will come to {@code stream}. */
  void sendTo(MessageStream stream) {
    boolean wasListening = listening;
    begun = true;
    up = stream;
    replay.forEach(part -> stream.write(part.retainedDuplicate()));
    for (ByteBuf bytes = held.poll(); bytes != null; bytes = held.poll()) {
      pass(bytes, stream);
    }
    if (wasListening) {
      stream.flush();
    }
    if (!wasListening) {
      listening = true;
      down.listen(this);
    } else if (finished && !bodyless) {
      finishUp(stream);
      mirrors.forEach(MirrorCall::bodyFinished);
    }
  }

  private void pass(ByteBuf bytes, MessageStream to) {
    remember(bytes, bytes.readableBytes());
    for (MirrorCall copy : mirrors) {
      copy.body(bytes.retainedDuplicate());
    }
    to.write(bytes);
  }

  /** The endpoint is gone; another may follow. */
  void detach() {
    up = null;
  }

  /** The endpoint took {@code bytes}. Of what is sent a second time the client has its credit. */
  void taken(int bytes) {
    long credit = Math.min(bytes, received - credited);
    if (credit > 0) {
      credited += credit;
      down.consumed((int) credit);
    }
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    int length = bytes.readableBytes();
    received += length;
    exchange.moved();
    MessageStream to = up;
    if (ended) {
      bytes.release();
      taken(length);
      return;
    }
    if (!begun) {
      held.add(bytes);
      heldBytes += length;
      collected();
      return;
    }
    if (to == null) {
      // Between two attempts: the second one, which may be under way, needs all of it.
      held.add(bytes);
      return;
    }
    pass(bytes, to);
    to.flush();
  }

  private void remember(ByteBuf bytes, int length) {
    if (!replayable) {
      return;
    }
    replayBytes += length;
    if (replayBytes > REPLAY_BYTES) {
      replayable = false;
      forget();
    } else {
      replay.add(bytes.retainedDuplicate());
    }
  }

  /** No further attempt will be made. */
  void forget() {
    replayable = false;
    replay.release();
  }

  @Override
  public void onFinish() {
    boolean first = !finished;
    finished = true;
    MessageStream to = up;
    if (to != null && first && !ended) {
      finishUp(to);
      mirrors.forEach(MirrorCall::bodyFinished);
    }
    collected();
  }

  private void finishUp(MessageStream to) {
    Headers last = trailers;
    if (last == null) {
      to.finish();
    } else {
      to.sendTrailers(last);
    }
  }

  @Override
  public void onReset(Abort why) {
    exchange.onReset(why);
  }

  @Override
  public void onWritten(int bytes) {
    Forwarding forwarding = exchange.forwarding();
    if (forwarding != null) {
      forwarding.responseTaken(exchange.answer().taken(bytes));
    }
  }

  /** The exchange is over: what still comes is dropped, and the client is told not to send it. */
  void end() {
    ended = true;
    collecting = null;
    forget();
    held.release();
    mirrors.forEach(MirrorCall::bodyOver);
    up = null;
    long rest = received - credited;
    if (rest > 0) {
      taken((int) Math.min(rest, Integer.MAX_VALUE));
    }
    if (!listening) {
      listening = true;
      down.listen(this);
    }
    if (!finished) {
      down.refuseRest();
    }
  }
}
