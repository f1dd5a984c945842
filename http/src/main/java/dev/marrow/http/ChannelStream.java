package dev.marrow.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A Netty channel as a {@link ByteStream}, with or without an {@code SslHandler} in front. Reads
 * only while less than the limit is unconsumed; a FIN without close_notify on a TLS channel is
 * {@link Abort#TRUNCATED}. Over TLS both directions end together: {@link #finish()} closes.
 * Confined to the channel's event loop.
 */
public final class ChannelStream implements ByteStream {
  /** Of a channel that has no own: writing stops above 512 KiB and goes on below 256 KiB. */
  public static final WriteBufferWaterMark WATERMARK =
      new WriteBufferWaterMark(256 << 10, 512 << 10);

  /**
   * The most that is written in one turn of the loop: a TLS engine takes all that it is given, and
   * encrypting a whole queue would keep everybody else of this loop waiting.
   */
  private static final int TURN = 256 << 10;

  private final Channel channel;
  private final boolean tls;
  private final WriteBatch batch;
  final Reading reading;
  private final ChannelStreamHandler handler;
  private @Nullable Listener listener;

  // Receiving.
  private @Nullable ArrayDeque<ByteBuf> early;
  private boolean inputEnded;
  private boolean inputTold;

  // Sending.
  private boolean flushScheduled;
  private int unflushed;
  private boolean writableScheduled;
  private int unreported;
  private boolean markerUnderWay;
  private boolean finishing;
  private boolean outputEnded;
  private boolean outputBroken;
  private boolean resetsOnClose;

  private @Nullable Abort aborted;
  private @Nullable Runnable abandoned;
  private boolean over;

  private ChannelStream(Channel channel) {
    this.channel = channel;
    this.reading = new Reading(channel, this);
    SslHandler ssl = channel.pipeline().get(SslHandler.class);
    this.tls = ssl != null;
    this.handler = new ChannelStreamHandler(this, tls);
    this.batch = new WriteBatch(channel);
    if (ssl != null) {
      // Each write becomes records by itself: our batches are made for that.
      ssl.setWrapDataSize(0);
      ssl.setCumulator(RecordCumulator.INSTANCE);
    }
  }

  /**
   * Puts a stream at the end of the pipeline of {@code channel}, which must be registered, have
   * {@code autoRead} off and allow half-closure; the stream owns it from now on. Call on its loop,
   * and before the channel's first event: when a peer closes, Netty reads all it has sent whether
   * asked to or not, and what nobody takes then is lost.
   */
  public static ChannelStream on(Channel channel) {
    var stream = new ChannelStream(channel);
    channel.config().setRecvByteBufAllocator(ReceiveBuffers.of(stream.tls));
    if (channel.config().getWriteBufferHighWaterMark() == WriteBufferWaterMark.DEFAULT.high()) {
      channel.config().setWriteBufferWaterMark(WATERMARK);
    }
    if (!stream.tls) {
      // After a failed write there may still be bytes to read; the end of input tells the rest.
      channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
    }
    channel.pipeline().addLast(stream.handler);
    return stream;
  }

  public Channel channel() {
    return channel;
  }

  /** What this stream holds counts towards {@code group} from now on. Call once. */
  public ChannelStream chargeTo(ByteBudget group) {
    reading.chargeTo(group);
    return this;
  }

  /**
   * From now on the peer gets a reset, not an orderly end, if this process is killed: the kernel
   * closes its sockets, and half an answer would look like a whole one. Without effect over TLS,
   * which tells a lost connection from an ended one.
   */
  public ChannelStream resetIfKilled() {
    if (!tls && !resetsOnClose && !over && !outputEnded && channel.isOpen()) {
      resetsOnClose = channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    return this;
  }

  /** Calls back if the peer resets the channel before anybody listens: it has given up. */
  public void onAbandoned(Runnable action) {
    abandoned = action;
    if (aborted != null) {
      action.run();
    }
  }

  @Override
  public EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public void listen(Listener receiver) {
    listener = receiver;
    if (unreported > 0) {
      flush();
    }
    while (early != null && !early.isEmpty() && !over) {
      receiver.onBytes(early.remove());
    }
    releaseEarly();
    early = null;
    if (aborted != null) {
      tellReset(aborted);
    } else {
      tellFinish();
      reading.next();
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    int count = bytes.readableBytes();
    if (over || finishing || count == 0) {
      bytes.release();
      return;
    }
    unreported += count;
    unflushed += count;
    if (outputBroken) {
      bytes.release();
    } else if (tls || markerUnderWay) {
      // One record for many writes; and what waits for a full socket keeps no receive buffers.
      batch.add(bytes);
    } else {
      channel.write(bytes, channel.voidPromise());
    }
  }

  @Override
  public void flush() {
    if (!flushScheduled && !over) {
      flushScheduled = true;
      channel.eventLoop().execute(handler);
    }
  }

  @Override
  public void finish() {
    if (!finishing && !over) {
      finishing = true;
      flush();
    }
  }

  @Override
  public void reset(Abort why) {
    if (over) {
      return;
    }
    flushAll();
    end();
    releaseEarly();
    if (!tls && channel.isOpen()) {
      // Close without lingering: the peer gets a RST.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.unsafe().close(channel.voidPromise());
  }

  @Override
  public boolean writable() {
    return channel.isWritable() && unflushed < TURN && !over;
  }

  @Override
  public void consumed(int bytes) {
    if (!over) {
      reading.consumed(bytes);
    }
  }

  void flushNow() {
    flushScheduled = false;
    if (over) {
      return;
    }
    if (tls || !markerUnderWay) {
      batch.pass();
    }
    channel.flush();
    if (unflushed >= TURN) {
      becameWritable();
    }
    unflushed = 0;
    settle();
  }

  /** Reports what the socket has taken; if something is left, when that has gone too. */
  private void settle() {
    if (over || markerUnderWay) {
      return;
    }
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    if (buffer == null || buffer.isEmpty() || outputBroken) {
      written();
      return;
    }
    int count = unreported;
    unreported = 0;
    markerUnderWay = true;
    var marker = channel.newPromise();
    marker.addListener(done -> {
      markerUnderWay = false;
      unreported += count;
      if (channel.eventLoop().inEventLoop()) {
        if (!tls) {
          // The socket has room again for what came together meanwhile.
          flushAll();
        }
        settle();
      }
    });
    // Behind TLS: the marker passes when the bytes encrypted before it have.
    channel.unsafe().write(Unpooled.EMPTY_BUFFER, marker);
    channel.unsafe().flush();
  }

  private void written() {
    int count = unreported;
    if (listener != null && count > 0) {
      unreported = 0;
      listener.onWritten(count);
    }
    boolean allOut = listener == null || unreported == 0;
    if (finishing && !outputEnded && allOut && !over) {
      endOutput();
    }
  }

  private void endOutput() {
    outputEnded = true;
    if (resetsOnClose && channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, -1);
    }
    if (tls || inputEnded) {
      close();
    } else if (!outputBroken) {
      SocketEnds.endOutput(channel, listener != null);
    }
  }

  private void close() {
    end();
    channel.close();
  }

  private void flushAll() {
    batch.pass();
    channel.flush();
  }

  private void end() {
    over = true;
    unreported = 0;
    reading.end();
    batch.drop();
  }

  private void releaseEarly() {
    while (early != null && !early.isEmpty()) {
      early.remove().release();
    }
  }

  // What the channel brings; called by the handler.

  void received(ByteBuf bytes) {
    if (over || inputTold) {
      bytes.release();
      return;
    }
    reading.received(bytes.readableBytes());
    if (listener != null) {
      listener.onBytes(bytes);
      return;
    }
    if (early == null) {
      early = new ArrayDeque<>(4);
    }
    early.add(bytes);
  }

  boolean wantsBytes() {
    return !over && !inputEnded && listener != null;
  }

  /** The peer ended its direction in order. */
  void inputEnded() {
    if (!inputEnded) {
      inputEnded = true;
      tellFinish();
    }
  }

  private void tellFinish() {
    if (!inputEnded || inputTold || over || listener == null) {
      return;
    }
    inputTold = true;
    listener.onFinish();
    if (outputBroken && !over) {
      // What we wrote was lost: not an orderly end of the other direction.
      broken(Abort.RESET);
    } else if (outputEnded && !over) {
      close();
    }
  }

  /** Our direction failed; the peer's may still hold bytes. */
  void outputBroke() {
    if (outputEnded || outputBroken || over) {
      return;
    }
    outputBroken = true;
    batch.drop();
    if (inputEnded) {
      broken(Abort.RESET);
    } else {
      flush();
      reading.next();
    }
  }

  /** Both directions are lost. */
  void broken(Abort why) {
    if (over) {
      return;
    }
    if (listener == null && aborted == null) {
      aborted = why;
      channel.close();
      if (abandoned != null) {
        abandoned.run();
      }
      return;
    }
    tellReset(why);
  }

  private void tellReset(Abort why) {
    Listener receiver = listener;
    if (over || receiver == null) {
      return;
    }
    end();
    channel.unsafe().close(channel.voidPromise());
    receiver.onReset(why);
  }

  /** Tells so before the next turn of the loop: what is written then must not lengthen this one. */
  void becameWritable() {
    if (!writableScheduled && !over) {
      writableScheduled = true;
      Turns.between(channel.eventLoop(), this::tellWritable);
    }
  }

  private void tellWritable() {
    writableScheduled = false;
    if (listener != null && writable()) {
      listener.onWritable();
    }
  }
}
