package dev.marrow.conformance.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Frames as bytes, right or wrong as the case needs them: nothing is checked. */
public final class Frames {
  /** The client connection preface (RFC 9113 §3.4). */
  public static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  public static final int HEADER_TABLE_SIZE = 1;
  public static final int ENABLE_PUSH = 2;
  public static final int MAX_CONCURRENT_STREAMS = 3;
  public static final int INITIAL_WINDOW_SIZE = 4;
  public static final int MAX_FRAME_SIZE = 5;
  public static final int MAX_HEADER_LIST_SIZE = 6;

  private Frames() {}

  /** A frame with the length that its payload has. */
  public static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return frame(payload.length, type, flags, stream, payload);
  }

  /** A frame that claims any length. */
  public static byte[] frame(int length, int type, int flags, int stream, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(9 + payload.length);
    out.put((byte) (length >> 16)).put((byte) (length >> 8)).put((byte) length);
    out.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return out.array();
  }

  /** Pairs of identifier and value. */
  public static byte[] settings(long... pairs) {
    ByteBuffer out = ByteBuffer.allocate(pairs.length * 3);
    for (int i = 0; i < pairs.length; i += 2) {
      out.putShort((short) pairs[i]).putInt((int) pairs[i + 1]);
    }
    return frame(Frame.SETTINGS, 0, 0, out.array());
  }

  public static byte[] settingsAck() {
    return frame(Frame.SETTINGS, Frame.ACK, 0, new byte[0]);
  }

  public static byte[] headers(int stream, boolean end, byte[] block) {
    return frame(Frame.HEADERS, Frame.END_HEADERS | (end ? Frame.END_STREAM : 0), stream, block);
  }

  public static byte[] data(int stream, boolean end, byte[] payload) {
    return frame(Frame.DATA, end ? Frame.END_STREAM : 0, stream, payload);
  }

  public static byte[] windowUpdate(int stream, long increment) {
    return frame(Frame.WINDOW_UPDATE, 0, stream, number(increment));
  }

  public static byte[] reset(int stream, ErrorCode code) {
    return frame(Frame.RST_STREAM, 0, stream, number(code.ordinal()));
  }

  public static byte[] ping(boolean ack, String hex) {
    return frame(Frame.PING, ack ? Frame.ACK : 0, 0, HexFormat.of().parseHex(hex));
  }

  public static byte[] goAway(int lastStream, ErrorCode code) {
    return frame(Frame.GOAWAY, 0, 0, concat(number(lastStream), number(code.ordinal())));
  }

  public static byte[] number(long value) {
    return ByteBuffer.allocate(4).putInt((int) value).array();
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
