package dev.marrow.ztunnel.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Two ends of a stream inside one event loop: what is written to one is delivered by the other,
 * without a copy. Bytes count as written once the far end has consumed them, so that back-pressure
 * reaches through. Confined to the loop.
 */
record StreamPair(ByteStream left, ByteStream right) {
  private static final int HIGH = 512 << 10;
  private static final int LOW = 256 << 10;

  static StreamPair on(EventLoop loop) {
    var left = new End(loop);
    var right = new End(loop);
    left.far = right;
    right.far = left;
    return new StreamPair(left, right);
  }

  private static final class End implements ByteStream {
    private final EventLoop loop;
    private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
    private final ArrayDeque<ByteBuf> queued = new ArrayDeque<>();
    private @Nullable End far;
    private @Nullable Listener listener;
    private @Nullable Abort untold;
    private int unconsumed;
    private boolean full;
    private boolean finishing;
    private boolean farFinished;
    private boolean toldFinish;
    private boolean over;
    private boolean delivering;

    End(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public void listen(Listener taker) {
      listener = taker;
      Abort why = untold;
      if (why == null) {
        deliver();
      } else {
        taker.onReset(why);
      }
    }

    @Override
    public void write(ByteBuf bytes) {
      if (over || finishing) {
        bytes.release();
        return;
      }
      unconsumed += bytes.readableBytes();
      full = full || unconsumed > HIGH;
      queued.add(bytes);
    }

    @Override
    public void flush() {
      End other = far;
      if (other == null || over) {
        return;
      }
      other.arrived.addAll(queued);
      queued.clear();
      other.farFinished = finishing;
      other.deliver();
    }

    @Override
    public void finish() {
      finishing = true;
      flush();
    }

    @Override
    public void reset(Abort why) {
      End other = far;
      if (over || finishing && toldFinish) {
        return;
      }
      end();
      if (other != null && !other.over) {
        other.end();
        Listener told = other.listener;
        if (told == null) {
          other.untold = why;
        } else {
          told.onReset(why);
        }
      }
    }

    private void end() {
      over = true;
      arrived.forEach(ByteBuf::release);
      arrived.clear();
      queued.forEach(ByteBuf::release);
      queued.clear();
    }

    @Override
    public boolean writable() {
      return !full;
    }

    @Override
    public void consumed(int bytes) {
      End other = far;
      if (other != null && !other.over) {
        other.left(bytes);
      }
    }

    private void left(int bytes) {
      unconsumed -= bytes;
      Listener told = listener;
      if (told == null) {
        return;
      }
      told.onWritten(bytes);
      if (full && unconsumed < LOW) {
        full = false;
        told.onWritable();
      }
    }

    private void deliver() {
      Listener taker = listener;
      if (taker == null || delivering) {
        return;
      }
      delivering = true;
      try {
        for (ByteBuf bytes = arrived.poll(); bytes != null; bytes = arrived.poll()) {
          taker.onBytes(bytes);
        }
        if (farFinished && !toldFinish && !over) {
          toldFinish = true;
          taker.onFinish();
        }
      } finally {
        delivering = false;
      }
    }
  }
}
