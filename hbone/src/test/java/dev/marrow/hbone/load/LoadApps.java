package dev.marrow.hbone.load;

import dev.marrow.hbone.Loops;
import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Both ends of the load, on one loop of their own: senders, and a server that echoes or swallows.
 */
final class LoadApps implements AutoCloseable {
  private static final int MESSAGE = 1024;
  private static final int CHUNK = 256 << 10;
  private static final ByteBuf BYTES =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK).writerIndex(CHUNK));

  private final Loops loops = new Loops();
  private final boolean echo;
  private final AtomicLong done = new AtomicLong();
  private final Channel server;

  LoadApps(boolean echo) {
    this.echo = echo;
    server =
        loops.listen(channel -> {
          var stream = ChannelStream.on(channel);
          stream.listen(new Server(stream));
        });
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  /** Requests answered, or bytes swallowed. */
  long done() {
    return done.get();
  }

  void start(InetSocketAddress front, int connections) {
    for (int i = 0; i < connections; i++) {
      loops.run(() ->
          loops.connect(
              front,
              stream -> {
                var sender = new Sender(stream);
                stream.listen(sender);
                sender.send();
              }));
    }
  }

  @Override
  public void close() {
    server.close().syncUninterruptibly();
    loops.close();
  }

  private final class Server implements ByteStream.Listener {
    private final ByteStream stream;

    Server(ByteStream stream) {
      this.stream = stream;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      int count = bytes.readableBytes();
      stream.consumed(count);
      if (echo) {
        stream.write(bytes);
        stream.flush();
      } else {
        bytes.release();
        done.lazySet(done.get() + count);
      }
    }

    @Override
    public void onFinish() {
      stream.finish();
    }

    @Override
    public void onReset(Abort why) {}
  }

  private final class Sender implements ByteStream.Listener {
    private final ByteStream stream;
    private int received;

    Sender(ByteStream stream) {
      this.stream = stream;
    }

    void send() {
      if (echo) {
        stream.write(BYTES.retainedSlice(0, MESSAGE));
      } else {
        stream.write(BYTES.retainedDuplicate());
        stream.write(BYTES.retainedDuplicate());
      }
      stream.flush();
    }

    @Override
    public void onWritten(int bytes) {
      if (!echo) {
        stream.write(BYTES.retainedSlice(0, Math.min(bytes, CHUNK)));
        if (bytes > CHUNK) {
          stream.write(BYTES.retainedSlice(0, bytes - CHUNK));
        }
        stream.flush();
      }
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      received += bytes.readableBytes();
      stream.consumed(bytes.readableBytes());
      bytes.release();
      if (received >= MESSAGE) {
        received -= MESSAGE;
        done.lazySet(done.get() + 1);
        send();
      }
    }

    @Override
    public void onFinish() {}

    @Override
    public void onReset(Abort why) {
      System.err.println("load: " + why);
    }
  }
}
