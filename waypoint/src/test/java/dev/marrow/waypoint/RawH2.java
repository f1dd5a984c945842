package dev.marrow.waypoint;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An HTTP/2 client that sends whatever frames a test wants, and says what comes of it. */
final class RawH2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  RawH2(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(5000);
    in = new DataInputStream(socket.getInputStream());
    // Floods go out by the packet: how fast they come must not depend on the machine.
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  /** Literal fields without a table and without Huffman's code: name, value, name, value. */
  static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      block.write(0);
      text(block, fields[i]);
      text(block, fields[i + 1]);
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write(rest & 127 | 128);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  RawH2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
    byte[] frame =
        ByteBuffer.allocate(9 + payload.length)
            .putInt(payload.length << 8 | type)
            .put((byte) flags)
            .putInt(stream)
            .put(payload)
            .array();
    out.write(frame);
    return this;
  }

  /** What happens to the stream or the connection: a status, a reset's or a GOAWAY's code. */
  String outcome(int stream) throws IOException {
    try {
      out.flush();
      while (true) {
        int head = in.readInt();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        byte[] payload = in.readNBytes(head >>> 8);
        switch (head & 0xff) {
          case RST_STREAM -> {
            if (id == stream) {
              return "RST " + ByteBuffer.wrap(payload).getInt();
            }
          }
          case GOAWAY -> {
            return "GOAWAY " + ByteBuffer.wrap(payload).getInt(4);
          }
          case HEADERS -> {
            if (id == stream) {
              return "status " + status(payload);
            }
          }
          case SETTINGS -> {
            if ((flags & 1) == 0) {
              frame(SETTINGS, 1, 0, new byte[0]);
            }
          }
          default -> {}
        }
      }
    } catch (EOFException | SocketException e) {
      return "closed";
    } catch (SocketTimeoutException e) {
      return "silent";
    }
  }

  /** Indexed (RFC 7541 appendix A: 8 to 14), or else somewhere among the first bytes. */
  private static String status(byte[] block) {
    String[] indexed = {"200", "204", "206", "304", "400", "404", "500"};
    int first = block[0] & 0xff;
    if (first >= 0x88 && first <= 0x8e) {
      return indexed[first - 0x88];
    }
    int length = block[1] & 0x7f;
    boolean plain = (block[1] & 0x80) == 0;
    return plain ? new String(block, 2, length, StandardCharsets.US_ASCII) : "coded";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
