package dev.marrow.http.h2;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A peer that sends the frames a test wants, right or wrong, and reads what comes back. */
final class RawPeer implements AutoCloseable {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** GET / of authority a, three indexed fields and a literal. */
  static final byte[] GET = HexFormat.of().parseHex("828684" + "410161");

  static final byte[] POST = HexFormat.of().parseHex("838684" + "410161");

  private final Socket socket;
  private final DataInputStream in;

  RawPeer(InetSocketAddress server) throws IOException {
    socket = new Socket(server.getAddress(), server.getPort());
    socket.setSoTimeout(10_000);
    in = new DataInputStream(socket.getInputStream());
    send(PREFACE.getBytes(StandardCharsets.US_ASCII));
    frame(FrameType.SETTINGS, 0, 0);
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void frame(int type, int flags, int stream, byte... payload) throws IOException {
    send(bytes(type, flags, stream, payload));
  }

  static byte[] bytes(int type, int flags, int stream, byte... payload) {
    var out = new ByteArrayOutputStream();
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    out.writeBytes(intBytes(stream));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  static byte[] intBytes(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  /** Sends until the peer hangs up; more frames than any limit allows. */
  void flood(int times, byte[] frames) {
    try {
      for (int i = 0; i < times; i++) {
        send(frames);
      }
    } catch (IOException e) {
      // The other end has had enough: what it said is still to be read.
    }
  }

  /** A frame that arrived: {@code type stream code-or-length}. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    /** The code of RST_STREAM or GOAWAY. */
    ErrorCode code() {
      int at = type == FrameType.GOAWAY ? 4 : 0;
      return ErrorCode.of(payload[at + 3]);
    }
  }

  Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, payload);
  }

  /** The first frame of this type; others are skipped. */
  Frame await(int type) throws IOException {
    Frame frame = read();
    while (frame.type() != type) {
      frame = read();
    }
    return frame;
  }

  /** Whether the connection ends, whatever comes before. */
  boolean ends() throws IOException {
    try {
      while (true) {
        read();
      }
    } catch (EOFException | SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
