package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One direction of a {@link Relay}: what {@code from} brings goes to {@code to}. */
final class RelayWay implements ByteStream.Listener {
  private final Relay relay;
  private final ByteStream from;
  private final ByteStream to;
  private long bytes;
  private int written;
  private boolean finished;
  private @Nullable Abort afterwards;

  RelayWay(Relay relay, ByteStream from, ByteStream to) {
    this.relay = relay;
    this.from = from;
    this.to = to;
  }

  ByteStream from() {
    return from;
  }

  ByteStream to() {
    return to;
  }

  long bytes() {
    return bytes;
  }

  boolean finished() {
    return finished;
  }

  /** Bytes written to {@code from} that it has still to pass on. */
  int outstanding() {
    return written;
  }

  @Override
  public void onBytes(ByteBuf buffer) {
    int count = buffer.readableBytes();
    bytes += count;
    relay.passing(this, count);
    to.write(buffer);
    to.flush();
  }

  @Override
  public void onFinish() {
    finished = true;
    to.finish();
    relay.finished();
  }

  @Override
  public void onReset(Abort why) {
    if (finished && relay.other(this).written > 0) {
      // It ended in order first: what it sent is whole and must arrive before the reset.
      relay.other(this).afterwards = why;
    } else {
      relay.aborted(this, why);
    }
  }

  /** More is on its way to {@code from}. */
  void passing(int count) {
    written += count;
  }

  @Override
  public void onWritten(int count) {
    written -= count;
    // These came from the other stream, which may send as many again.
    to.consumed(count);
    if (written == 0) {
      drained();
    }
  }

  private void drained() {
    Abort why = afterwards;
    if (why != null) {
      relay.aborted(relay.other(this), why);
    } else {
      relay.endIfDone();
    }
  }
}
