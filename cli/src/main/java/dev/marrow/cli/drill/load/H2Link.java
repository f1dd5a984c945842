package dev.marrow.cli.drill.load;

import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frames of HTTP/2 over one socket, either side (RFC 9113). Written apart from our product, which
 * it judges. Writes are thread-safe; reads belong to one thread. Only the connection's window is
 * kept: bodies are smaller than a stream's.
 */
final class H2Link {
  private static final int WINDOW = 65_535;

  private final Socket socket;
  private final DataInputStream in;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private long window = WINDOW;

  H2Link(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
  }

  void preface() throws IOException {
    socket.getOutputStream().write(Frames.concat(Frames.PREFACE, Frames.settings()));
  }

  void expectPreface() throws IOException {
    byte[] preface = in.readNBytes(Frames.PREFACE.length);
    if (!java.util.Arrays.equals(preface, Frames.PREFACE)) throw new IOException("no preface");
    write(Frames.settings(Frames.MAX_CONCURRENT_STREAMS, 1000));
  }

  void write(byte[] frames) throws IOException {
    lock.lock();
    try {
      socket.getOutputStream().write(frames);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for room in the connection's window, at most 5 s, then writes one DATA frame. */
  void data(int stream, boolean end, byte[] payload) throws IOException {
    lock.lock();
    try {
      long patience = TimeUnit.SECONDS.toNanos(5);
      while (window < payload.length) {
        patience = room.awaitNanos(patience);
        if (patience <= 0) throw new IOException("window: shut for 5 s");
      }
      window -= payload.length;
      socket.getOutputStream().write(Frames.data(stream, end, payload));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** The next frame about streams or GOAWAY; what concerns the connection is answered here. */
  Frame next() throws IOException {
    while (true) {
      Frame frame = frame();
      switch (frame.type()) {
        case Frame.SETTINGS -> {
          if (!frame.has(Frame.ACK)) write(Frames.settingsAck());
        }
        case Frame.PING -> {
          if (!frame.has(Frame.ACK)) write(Frames.frame(Frame.PING, Frame.ACK, 0, frame.payload()));
        }
        case Frame.WINDOW_UPDATE -> {
          if (frame.stream() == 0) widen(frame.number(0));
        }
        case Frame.DATA -> {
          if (frame.payload().length > 0) write(Frames.windowUpdate(0, frame.payload().length));
          return frame;
        }
        case Frame.HEADERS, Frame.RST_STREAM, Frame.GOAWAY -> {
          return frame;
        }
        default -> {}
      }
    }
  }

  private void widen(long by) {
    lock.lock();
    try {
      window += by;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Frame frame() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & Integer.MAX_VALUE;
    if (length > 1 << 20) throw new IOException("frame of " + length + " bytes");
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) throw new java.io.EOFException("ended in a frame");
    if (type == Frame.HEADERS && (flags & Frame.END_HEADERS) == 0) {
      throw new IOException("a head in several frames (expected: one)");
    }
    return new Frame(type, flags, stream, payload);
  }

  void goAway(int last) {
    try {
      write(Frames.goAway(last, ErrorCode.NO_ERROR));
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  void close() {
    Sockets.close(socket);
  }
}
