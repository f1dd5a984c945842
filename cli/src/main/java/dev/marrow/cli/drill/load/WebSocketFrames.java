package dev.marrow.cli.drill.load;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Frames of RFC 6455 section 5, none longer than 64 KiB and none in fragments. */
final class WebSocketFrames {
  static final int BINARY = 2;
  static final int CLOSE = 8;
  private static final byte[] MASK = {1, 2, 3, 4};

  private WebSocketFrames() {}

  record Frame(int opcode, byte[] payload) {}

  /** As a client sends it. */
  static byte[] masked(int opcode, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(payload.length + 8);
    out.put((byte) (0x80 | opcode))
        .put((byte) (0x80 | 126))
        .putShort((short) payload.length)
        .put(MASK);
    for (int i = 0; i < payload.length; i++) out.put((byte) (payload[i] ^ MASK[i & 3]));
    return out.array();
  }

  /** As a server sends it. */
  static byte[] plain(int opcode, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(payload.length + 4);
    return out.put((byte) (0x80 | opcode))
        .put((byte) 126)
        .putShort((short) payload.length)
        .put(payload)
        .array();
  }

  static Frame read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    int first = in.read();
    if (first < 0) throw new EOFException("ended without a close frame");
    int second = data.readUnsignedByte();
    int length = second & 0x7f;
    if (length == 126) length = data.readUnsignedShort();
    if (length > 65_535) throw new IOException("frame: too long");
    byte[] mask = (second & 0x80) == 0 ? new byte[4] : in.readNBytes(4);
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) throw new EOFException("ended in a frame");
    for (int i = 0; i < length; i++) payload[i] ^= mask[i & 3];
    return new Frame(first & 15, payload);
  }
}
