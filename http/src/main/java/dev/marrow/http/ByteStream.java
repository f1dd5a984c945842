package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * A two-way stream of bytes: a TCP or TLS channel, or the body of an HTTP/2 stream. Each direction
 * ends by itself (half-close) or both end at once (reset). Confined to its event loop: every method
 * is called on {@link #loop()}, and every callback comes on it.
 */
public interface ByteStream {
  /** The event loop that owns this stream. */
  EventLoop loop();

  /**
   * Starts delivery to {@code listener}; called exactly once. What arrived before is kept within
   * the receive limit and delivered first, inside this call.
   */
  void listen(Listener listener);

  /**
   * Queues {@code bytes} and takes ownership of it, also when the stream has already ended (it is
   * then released). Nothing is sent before {@link #flush()}.
   *
   * <p>If {@code bytes.refCnt() == 1}, the memory in front of its reader index changes hands too:
   * an HTTP/2 stream writes its frame header there instead of copying. Buffers that a stream
   * delivers keep such headroom when they can.
   */
  void write(ByteBuf bytes);

  /** Sends what is queued, once per turn of the event loop however often it is called. */
  void flush();

  /**
   * Half-closes our side once everything written is out (TCP FIN, TLS close_notify and FIN,
   * END_STREAM). Implies {@link #flush()}. Does nothing when our side has ended.
   */
  void finish();

  /**
   * Ends both directions at once (TCP RST, RST_STREAM) and drops what is queued. The listener is
   * not called any more. Does nothing when both sides have ended.
   */
  void reset(Abort why);

  /**
   * Whether more should be written: false above the high watermark, until {@link
   * Listener#onWritable()}. Writing nevertheless is allowed and only costs memory.
   */
  boolean writable();

  /**
   * Returns receive credit for {@code bytes} that were delivered and have since left this process
   * or were dropped. A stream whose credit is not returned stops reading. Harmless after the end.
   */
  void consumed(int bytes);

  /** Receives what happens on a stream, on its event loop. */
  interface Listener {
    /** Some bytes; owned by the listener, who also owes {@link ByteStream#consumed(int)}. */
    void onBytes(ByteBuf bytes);

    /** The peer half-closed: no more bytes will come. We may still write. */
    void onFinish();

    /** The stream ended abruptly; nothing else is called afterwards, and writes are dropped. */
    void onReset(Abort why);

    /** The queue fell below the low watermark after {@link ByteStream#writable()} was false. */
    default void onWritable() {}

    /**
     * {@code bytes} more of what was written have left this process (socket) or this stream's queue
     * (HTTP/2). The sum over a stream's life equals what was written. Where to return the credit of
     * the stream they came from. Not called after the stream was reset.
     */
    default void onWritten(int bytes) {}
  }
}
