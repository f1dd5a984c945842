package dev.marrow.http.h2;

import static dev.marrow.http.h2.FrameType.HEAD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Cuts bytes into frames, wherever the pieces end. DATA is handed on as it arrives, also parts of a
 * frame, as slices; everything else is collected first, within limits. Checks sizes, padding,
 * stream zero and the order of CONTINUATION (RFC 9113 §4, §6). Confined to its connection.
 */
final class FrameReader {
  private static final int GOAWAY_KEPT = 8;

  private enum State {
    HEAD,
    PAYLOAD,
    SKIP,
    DATA_PAD_LENGTH,
    DATA,
    DATA_PADDING
  }

  private final FrameHandler handler;
  private final int maxFrameBytes;
  private final HeaderBlock block;
  private final BooleanSupplier closed;

  /** The bytes being read; empty once handed on. */
  private ByteBuf current = Unpooled.EMPTY_BUFFER;

  private boolean first = true;
  private State state = State.HEAD;
  private byte[] payload = new byte[64];
  private int filled;
  private int needed = HEAD;

  // The frame being read.
  private int length;
  private int type;
  private int flags;
  private int stream;
  private int left;
  private int padding;
  private int headBehind;

  FrameReader(FrameHandler handler, int maxFrameBytes, Limits limits, BooleanSupplier closed) {
    this.handler = handler;
    this.closed = closed;
    this.maxFrameBytes = maxFrameBytes;
    this.block = new HeaderBlock(limits);
  }

  /** Reads all of {@code bytes}, unless the connection closes meanwhile; owns it. */
  void read(ByteBuf bytes) throws H2Error {
    current = bytes;
    headBehind = 0;
    try {
      while ((current.isReadable() || readyWithoutBytes()) && !closed.getAsBoolean()) {
        step(current);
      }
    } finally {
      current.release();
      current = Unpooled.EMPTY_BUFFER;
    }
  }

  /** A frame without payload must not wait for the bytes of the next one. */
  private boolean readyWithoutBytes() {
    return switch (state) {
      case HEAD, DATA_PAD_LENGTH -> false;
      case PAYLOAD -> filled == needed;
      case SKIP, DATA, DATA_PADDING -> left == 0;
    };
  }

  private void step(ByteBuf in) throws H2Error {
    switch (state) {
      case HEAD -> head(in);
      case PAYLOAD -> payload(in);
      case SKIP -> skip(in);
      case DATA_PAD_LENGTH -> {
        padding = in.readUnsignedByte();
        headBehind = 0;
        beginData(1);
      }
      case DATA -> data(in);
      case DATA_PADDING -> padding(in);
    }
  }

  private void head(ByteBuf in) throws H2Error {
    if (filled == 0 && in.readableBytes() >= HEAD) {
      int at = in.readerIndex();
      in.skipBytes(HEAD);
      headBehind = HEAD;
      begin(in.getUnsignedMedium(at), in.getByte(at + 3), in.getByte(at + 4), in.getInt(at + 5));
      return;
    }
    headBehind = 0;
    if (fill(in)) {
      int size = (payload[0] & 0xff) << 16 | (payload[1] & 0xff) << 8 | payload[2] & 0xff;
      begin(size, payload[3], payload[4], intAt(5));
    }
  }

  private void begin(int size, int frameType, int frameFlags, int id) throws H2Error {
    length = size;
    type = frameType & 0xff;
    flags = frameFlags & 0xff;
    stream = id & Integer.MAX_VALUE;
    if (length > maxFrameBytes) {
      throw H2Error.connection(ErrorCode.FRAME_SIZE_ERROR, "frame: larger than allowed");
    }
    checkFirst();
    block.checkOrder(type, stream);
    FrameRules.check(type, flags, stream, length);
    switch (type) {
      case FrameType.DATA -> {
        padding = 0;
        if ((flags & FrameType.PADDED) != 0) {
          state = State.DATA_PAD_LENGTH;
        } else {
          beginData(0);
        }
      }
      case FrameType.HEADERS, FrameType.CONTINUATION -> {
        block.checkLength(length);
        collect(length);
      }
      case FrameType.GOAWAY -> collect(GOAWAY_KEPT);
      case FrameType.PRIORITY -> beginPriority();
      case FrameType.RST_STREAM, FrameType.SETTINGS, FrameType.PING, FrameType.WINDOW_UPDATE ->
          collect(length);
      default -> {
        handler.unknown();
        left = length;
        state = State.SKIP;
      }
    }
  }

  /** Either side's preface ends with SETTINGS (RFC 9113 §3.4). */
  private void checkFirst() throws H2Error {
    if (first && (type != FrameType.SETTINGS || (flags & FrameType.ACK) != 0)) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "first frame: not SETTINGS");
    }
    first = false;
  }

  private void beginPriority() throws H2Error {
    if (length == 5) {
      collect(length);
      return;
    }
    left = length;
    state = State.SKIP;
    handler.streamError(stream, ErrorCode.FRAME_SIZE_ERROR, "PRIORITY: length is not 5");
  }

  private void beginData(int padLengthBytes) throws H2Error {
    left = length - padLengthBytes - padding;
    if (left < 0) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "DATA: padding exceeds the frame");
    }
    state = State.DATA;
    handler.dataBegins(stream, length, left);
  }

  private void data(ByteBuf in) {
    int part = Math.min(left, in.readableBytes());
    if (part > 0) {
      left -= part;
      int behind = headBehind;
      headBehind = 0;
      if (part == in.readableBytes()) {
        // The frame's header, already read, lies in front: whoever forwards may overwrite it.
        current = Unpooled.EMPTY_BUFFER;
        handler.data(in);
      } else {
        ByteBuf slice = in.retainedSlice(in.readerIndex() - behind, behind + part);
        in.skipBytes(part);
        handler.data(slice.skipBytes(behind));
      }
    }
    if (left == 0) {
      left = padding;
      state = State.DATA_PADDING;
    }
  }

  private void padding(ByteBuf in) throws H2Error {
    skipLeft(in);
    if (left == 0) {
      nextFrame();
      handler.dataEnds((flags & FrameType.END_STREAM) != 0);
    }
  }

  private void skip(ByteBuf in) {
    skipLeft(in);
    if (left == 0) {
      nextFrame();
    }
  }

  private void skipLeft(ByteBuf in) {
    int part = Math.min(left, in.readableBytes());
    in.skipBytes(part);
    left -= part;
  }

  private void collect(int bytes) {
    state = State.PAYLOAD;
    filled = 0;
    needed = bytes;
    if (payload.length < bytes) {
      payload = new byte[Math.max(bytes, Math.min(2 * payload.length, maxFrameBytes))];
    }
  }

  private boolean fill(ByteBuf in) {
    int part = Math.min(needed - filled, in.readableBytes());
    in.readBytes(payload, filled, part);
    filled += part;
    return filled == needed;
  }

  private void payload(ByteBuf in) throws H2Error {
    if (!fill(in)) {
      return;
    }
    int size = needed;
    nextFrame();
    switch (type) {
      case FrameType.HEADERS -> headers(size);
      case FrameType.CONTINUATION -> {
        block.continuation(payload, size, (flags & FrameType.END_HEADERS) != 0);
        finishBlock();
      }
      case FrameType.PRIORITY -> handler.priority(stream, intAt(0) & Integer.MAX_VALUE);
      case FrameType.RST_STREAM -> handler.resetStream(stream, intAt(0));
      case FrameType.SETTINGS -> settings(size);
      case FrameType.PING -> handler.ping((flags & FrameType.ACK) != 0, longAt(0));
      case FrameType.GOAWAY -> {
        left = length - GOAWAY_KEPT;
        state = State.SKIP;
        handler.goAway(intAt(0) & Integer.MAX_VALUE, intAt(4));
      }
      default -> handler.windowUpdate(stream, intAt(0) & Integer.MAX_VALUE);
    }
  }

  private void headers(int size) throws H2Error {
    int from = 0;
    int pad = 0;
    if ((flags & FrameType.PADDED) != 0) {
      pad = payload[from++] & 0xff;
    }
    int dependency = -1;
    if ((flags & FrameType.WITH_PRIORITY) != 0) {
      dependency = intAt(from) & Integer.MAX_VALUE;
      from += 5;
    }
    if (size - from - pad < 0) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "HEADERS: padding exceeds the frame");
    }
    boolean endHeaders = (flags & FrameType.END_HEADERS) != 0;
    boolean endStream = (flags & FrameType.END_STREAM) != 0;
    block.begin(stream, payload, from, size - from - pad, endHeaders, endStream, dependency);
    finishBlock();
  }

  private void finishBlock() throws H2Error {
    if (block.complete()) {
      handler.headers(stream, block.bytes(), block.length(), block.endStream(), block.dependency());
      block.shrink();
      if (payload.length > 4096) {
        payload = Arrays.copyOf(payload, 64);
      }
    }
  }

  private void settings(int size) throws H2Error {
    for (int at = 0; at < size; at += 6) {
      int id = (payload[at] & 0xff) << 8 | payload[at + 1] & 0xff;
      handler.setting(id, intAt(at + 2));
    }
    handler.settingsEnd((flags & FrameType.ACK) != 0);
  }

  private void nextFrame() {
    state = State.HEAD;
    filled = 0;
    needed = HEAD;
  }

  private int intAt(int at) {
    return (payload[at] & 0xff) << 24
        | (payload[at + 1] & 0xff) << 16
        | (payload[at + 2] & 0xff) << 8
        | payload[at + 3] & 0xff;
  }

  private long longAt(int at) {
    return (long) intAt(at) << 32 | intAt(at + 4) & 0xffff_ffffL;
  }
}
