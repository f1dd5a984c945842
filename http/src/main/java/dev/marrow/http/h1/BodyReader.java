package dev.marrow.http.h1;

import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;

/**
 * Takes a body off the wire: of known length, chunked (RFC 9112 §7.1), or up to the end of the
 * connection. Hands out slices; nothing is copied. One per connection, {@link #begin} for each
 * body.
 */
final class BodyReader {
  /** Where a body goes. */
  interface Sink {
    /** Owns {@code bytes}. */
    void bytes(ByteBuf bytes);
  }

  private enum State {
    LENGTH,
    UNTIL_CLOSE,
    CHUNK_LINE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    DONE,
    FAILED
  }

  /** Chunk extensions are dropped; one who sends many more of them than data is attacking. */
  private static final int EXTENSION_BYTES = 16 * 1024;

  private final Headers trailers = new Headers(1, 0);
  private final HeadReader trailerReader;
  private final byte[] line;
  private int lineLength;
  private long left;
  private int extensions;
  private State state = State.DONE;
  private HeadFault fault = HeadFault.NONE;

  BodyReader(Limits limits) {
    this.trailerReader = new HeadReader(limits, trailers, (b, from, to) -> HeadFault.NONE, false);
    this.line = new byte[limits.chunkLineBytes()];
  }

  void begin(long framing) {
    trailerReader.reset();
    lineLength = 0;
    extensions = 0;
    fault = HeadFault.NONE;
    left = framing;
    if (framing == Framing.CHUNKED) {
      state = State.CHUNK_LINE;
    } else if (framing == Framing.UNTIL_CLOSE) {
      state = State.UNTIL_CLOSE;
    } else {
      state = framing == 0 ? State.DONE : State.LENGTH;
    }
  }

  boolean done() {
    return state == State.DONE;
  }

  boolean failed() {
    return state == State.FAILED;
  }

  HeadFault fault() {
    return fault;
  }

  /** The fields behind a chunked body; empty for the others. */
  Headers trailers() {
    return trailers;
  }

  /** The connection has ended: true if the body is whole. */
  boolean finish() {
    if (state == State.UNTIL_CLOSE) {
      state = State.DONE;
    }
    return state == State.DONE;
  }

  /** Reads until the body is done, has failed, or the input is empty. */
  void read(ByteBuf in, Sink sink) {
    while (in.isReadable() && state != State.DONE && state != State.FAILED) {
      switch (state) {
        case LENGTH -> data(in, sink, State.DONE);
        case CHUNK -> data(in, sink, State.CHUNK_END);
        case UNTIL_CLOSE -> sink.bytes(in.readRetainedSlice(in.readableBytes()));
        case CHUNK_LINE -> chunkLine(in);
        case CHUNK_END -> chunkEnd(in);
        case TRAILERS -> trailers(in);
        case DONE, FAILED -> throw new IllegalStateException("state: " + state);
      }
    }
  }

  private void data(ByteBuf in, Sink sink, State next) {
    int length = (int) Math.min(left, in.readableBytes());
    left -= length;
    if (left == 0) {
      state = next;
    }
    sink.bytes(in.readRetainedSlice(length));
  }

  private void chunkLine(ByteBuf in) {
    while (in.isReadable()) {
      byte b = in.readByte();
      if (b == '\n') {
        endOfChunkLine();
        return;
      }
      if (lineLength == line.length) {
        fail(HeadFault.CHUNK_LINE_TOO_LONG);
        return;
      }
      line[lineLength++] = b;
    }
  }

  private void endOfChunkLine() {
    if (lineLength == 0 || line[lineLength - 1] != '\r') {
      fail(HeadFault.BARE_LINE_FEED);
      return;
    }
    int length = lineLength - 1;
    int digits = 0;
    long size = 0;
    while (digits < length && hex(line[digits]) >= 0) {
      if (digits == 15) {
        fail(HeadFault.CHUNK_TOO_LARGE);
        return;
      }
      size = size << 4 | hex(line[digits++]);
    }
    extensions += length - digits;
    if (digits == 0
        || !ChunkExtensions.valid(line, digits, length)
        || extensions > EXTENSION_BYTES) {
      fail(HeadFault.BAD_CHUNK);
      return;
    }
    lineLength = 0;
    left = size;
    state = size == 0 ? State.TRAILERS : State.CHUNK;
  }

  private void chunkEnd(ByteBuf in) {
    byte expected = (byte) (lineLength == 0 ? '\r' : '\n');
    if (in.readByte() != expected) {
      fail(HeadFault.BAD_CHUNK);
    } else if (expected == '\r') {
      lineLength = 1;
    } else {
      lineLength = 0;
      state = State.CHUNK_LINE;
    }
  }

  private void trailers(ByteBuf in) {
    switch (trailerReader.read(in)) {
      case MORE -> {}
      case COMPLETE -> state = State.DONE;
      case FAILED -> fail(trailerReader.fault());
    }
  }

  private void fail(HeadFault why) {
    fault = why;
    state = State.FAILED;
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
