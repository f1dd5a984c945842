package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Who hears of the body that comes in and of the bytes that left: what both ends of an exchange
 * have alike. Until somebody listens, the end is kept; after the exchange was aborted nobody hears
 * anything and what still comes is dropped. Confined to the connection's event loop.
 */
final class BodyListener {
  private final ByteStream transport;
  private ByteStream.@Nullable Listener listener;
  private boolean finishKept;
  private boolean aborted;
  private int unwritten;

  BodyListener(ByteStream transport) {
    this.transport = transport;
  }

  boolean present() {
    return listener != null;
  }

  boolean aborted() {
    return aborted;
  }

  /** Begins; true if more may come. */
  boolean listen(ByteStream.Listener receiver) {
    listener = receiver;
    if (finishKept) {
      finishKept = false;
      receiver.onFinish();
      return false;
    }
    return !aborted;
  }

  /** Hands on a part of the body; takes ownership. */
  void deliver(ByteBuf bytes) {
    ByteStream.Listener to = listener;
    if (to == null || aborted) {
      transport.consumed(bytes.readableBytes());
      bytes.release();
    } else {
      to.onBytes(bytes);
    }
  }

  /** The body has ended in order. */
  void finish() {
    ByteStream.Listener to = listener;
    finishKept = to == null;
    if (to != null) {
      to.onFinish();
    }
  }

  /** Nobody hears anything from now on. */
  void silence() {
    aborted = true;
  }

  /** As {@link #silence()}, after a last word; false if nobody listened. */
  boolean abort(Abort why) {
    aborted = true;
    ByteStream.Listener to = listener;
    if (to != null) {
      to.onReset(why);
    }
    return to != null;
  }

  /** Bytes of our body have been handed to the transport. */
  void queued(int bytes) {
    unwritten += bytes;
  }

  /** The transport has got rid of {@code bytes}; some of them may be heads, which nobody counts. */
  void written(int bytes) {
    int ours = Math.min(bytes, unwritten);
    ByteStream.Listener to = listener;
    if (ours > 0 && to != null && !aborted) {
      unwritten -= ours;
      to.onWritten(ours);
    }
  }

  /** All that is queued counts as written: the connection goes on with another exchange. */
  void settle() {
    ByteStream.Listener to = listener;
    if (unwritten > 0 && to != null) {
      int rest = unwritten;
      unwritten = 0;
      to.onWritten(rest);
    }
  }

  void writableAgain() {
    ByteStream.Listener to = listener;
    if (to != null && !aborted) {
      to.onWritable();
    }
  }
}
