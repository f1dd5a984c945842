package dev.marrow.http.h2;

import static dev.marrow.http.h2.FrameType.HEAD;

import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.hpack.HpackEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * Writes frames to the transport and asks for a flush at the end of the turn. Counts what is owed
 * to a peer that does not read. Confined to its connection.
 */
final class FrameWriter {
  /** Shorter payloads are copied behind their header: cheaper than one more buffer for TLS. */
  private static final int COPY_BELOW = 256;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ByteStream transport;
  private final ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
  private final HpackEncoder encoder = new HpackEncoder();
  private int maxFrameBytes = Settings.DEFAULT_FRAME;
  private long blockedBytes;

  FrameWriter(ByteStream transport) {
    this.transport = transport;
  }

  HpackEncoder encoder() {
    return encoder;
  }

  int maxFrameBytes() {
    return maxFrameBytes;
  }

  void maxFrameBytes(int bytes) {
    maxFrameBytes = bytes;
  }

  /** Bytes of control frames and heads written since the transport was last writable. */
  long blockedBytes() {
    return blockedBytes;
  }

  void unblocked() {
    blockedBytes = 0;
  }

  void preface() {
    send(alloc.ioBuffer(PREFACE.length).writeBytes(PREFACE));
  }

  /** Our SETTINGS, and the connection's window beyond what it starts with. */
  void settings(Settings settings, boolean server) {
    ByteBuf frame = alloc.ioBuffer(HEAD + 8 * 6).writerIndex(HEAD);
    if (server) {
      setting(frame, 3, settings.maxConcurrentStreams());
    } else {
      setting(frame, 2, 0);
    }
    if (settings.headerTableBytes() != 4096) {
      setting(frame, 1, settings.headerTableBytes());
    }
    setting(frame, 4, settings.streamWindowBytes());
    setting(frame, 5, settings.maxFrameBytes());
    setting(frame, 6, settings.maxHeaderListBytes());
    if (server && settings.extendedConnect()) {
      setting(frame, 8, 1);
    }
    head(frame, 0, frame.writerIndex() - HEAD, FrameType.SETTINGS, 0, 0);
    send(frame);
    int more = settings.connectionWindowBytes() - Settings.DEFAULT_WINDOW;
    if (more > 0) {
      windowUpdate(0, more);
    }
  }

  private static void setting(ByteBuf frame, int id, int value) {
    frame.writeShort(id).writeInt(value);
  }

  void settingsAck() {
    send(frame(0, FrameType.SETTINGS, FrameType.ACK, 0));
  }

  void ping(boolean ack, long payload) {
    send(frame(8, FrameType.PING, ack ? FrameType.ACK : 0, 0).writeLong(payload));
  }

  void goAway(int lastStream, ErrorCode code, String detail) {
    int length = Math.min(detail.length(), 256);
    ByteBuf frame = frame(8 + length, FrameType.GOAWAY, 0, 0);
    frame.writeInt(lastStream).writeInt(code.number());
    ByteBufUtil.writeAscii(frame, detail.substring(0, length));
    send(frame);
  }

  void resetStream(int stream, ErrorCode code) {
    send(frame(4, FrameType.RST_STREAM, 0, stream).writeInt(code.number()));
  }

  void windowUpdate(int stream, int increment) {
    send(frame(4, FrameType.WINDOW_UPDATE, 0, stream).writeInt(increment));
  }

  /** A header list as HEADERS, and CONTINUATION if it is longer than a frame. */
  void headers(int stream, Headers headers, boolean endStream) {
    int length = encoder.encode(headers);
    byte[] block = encoder.array();
    int first = Math.min(length, maxFrameBytes);
    int flags = (endStream ? FrameType.END_STREAM : 0) | endHeaders(first == length);
    send(frame(first, FrameType.HEADERS, flags, stream).writeBytes(block, 0, first));
    for (int at = first; at < length; ) {
      int part = Math.min(length - at, maxFrameBytes);
      int last = endHeaders(at + part == length);
      send(frame(part, FrameType.CONTINUATION, last, stream).writeBytes(block, at, part));
      at += part;
    }
  }

  private static int endHeaders(boolean last) {
    return last ? FrameType.END_HEADERS : 0;
  }

  /**
   * DATA; takes ownership of {@code payload}. The header goes into the memory in front of the
   * payload if it is ours alone ({@link ByteStream#write}).
   */
  void data(int stream, ByteBuf payload, boolean endStream) {
    int flags = endStream ? FrameType.END_STREAM : 0;
    int length = payload.readableBytes();
    int at = payload.readerIndex() - HEAD;
    if (at >= 0 && payload.refCnt() == 1 && !payload.isReadOnly()) {
      head(payload, at, length, FrameType.DATA, flags, stream);
      transport.write(payload.readerIndex(at));
    } else if (length <= COPY_BELOW) {
      ByteBuf frame = frame(length, FrameType.DATA, flags, stream).writeBytes(payload);
      payload.release();
      transport.write(frame);
    } else {
      transport.write(frame(0, length, FrameType.DATA, flags, stream));
      transport.write(payload);
    }
    transport.flush();
  }

  /** The empty DATA frame that ends a stream. */
  void end(int stream) {
    send(frame(0, FrameType.DATA, FrameType.END_STREAM, stream));
  }

  private ByteBuf frame(int length, int type, int flags, int stream) {
    return frame(length, length, type, flags, stream);
  }

  private ByteBuf frame(int room, int length, int type, int flags, int stream) {
    ByteBuf frame = alloc.ioBuffer(HEAD + room);
    head(frame, 0, length, type, flags, stream);
    return frame.writerIndex(HEAD);
  }

  private static void head(ByteBuf frame, int at, int length, int type, int flags, int stream) {
    frame.setLong(at, (long) length << 40 | (long) type << 32 | (long) flags << 24 | stream >>> 8);
    frame.setByte(at + 8, stream);
  }

  private void send(ByteBuf frame) {
    if (!transport.writable()) {
      blockedBytes += frame.readableBytes();
    }
    transport.write(frame);
    transport.flush();
  }
}
