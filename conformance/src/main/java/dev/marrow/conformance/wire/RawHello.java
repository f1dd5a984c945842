package dev.marrow.conformance.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A ClientHello of TLS 1.3 byte by byte (RFC 8446 §4.1.2), for those that no library would send.
 * Starts as a good one; each method changes one thing and returns this. Not thread-safe.
 */
public final class RawHello {
  private static final int X25519 = 0x1d;
  private static final int P256 = 0x17;

  private record Extension(int type, byte[] body) {}

  private final List<Extension> extensions = new ArrayList<>();
  private byte[] compression = {0};
  private String suites = "13011302";

  /** A hello with a key share that any server takes: every 32 bytes are a point of X25519. */
  public RawHello() {
    byte[] share = new byte[32];
    share[0] = 9;
    extensions.add(new Extension(43, HexFormat.of().parseHex("020304")));
    extensions.add(new Extension(10, HexFormat.of().parseHex("0004001d0017")));
    extensions.add(new Extension(13, HexFormat.of().parseHex("0006040308040807")));
    extensions.add(new Extension(51, share(X25519, share)));
    extensions.add(new Extension(45, HexFormat.of().parseHex("0101")));
    byte[] h2 = "h2".getBytes(StandardCharsets.US_ASCII);
    extensions.add(new Extension(16, Frames.concat(new byte[] {0, 3, 2}, h2)));
  }

  /** A hello of TLS 1.2 with these suites (hex), h2 and every extension that a careful one has. */
  public static RawHello tls12(String suites) {
    RawHello hello = new RawHello();
    hello.extensions.removeIf(e -> e.type() == 43 || e.type() == 51 || e.type() == 45);
    hello.suites = suites;
    hello.replace(13, HexFormat.of().parseHex("0008040305030804" + "0401"));
    hello.extension(11, new byte[] {1, 0});
    hello.extension(23, new byte[0]);
    return hello.extension(0xff01, new byte[] {0});
  }

  private static byte[] share(int group, byte[] key) {
    ByteBuffer out = ByteBuffer.allocate(6 + key.length);
    out.putShort((short) (4 + key.length)).putShort((short) group);
    return out.putShort((short) key.length).put(key).array();
  }

  /** A share of X25519 that leads to a secret of zero (RFC 8446 §7.4.2). */
  public RawHello zeroShare() {
    return replace(51, share(X25519, new byte[32]));
  }

  /** A share that is no point of P-256 (RFC 8446 §4.2.8.2). */
  public RawHello shareOffTheCurve() {
    byte[] point = new byte[65];
    java.util.Arrays.fill(point, (byte) 7);
    point[0] = 4;
    return replace(10, HexFormat.of().parseHex("00020017")).replace(51, share(P256, point));
  }

  public RawHello compression(int... methods) {
    compression = new byte[methods.length];
    for (int i = 0; i < methods.length; i++) {
      compression[i] = (byte) methods[i];
    }
    return this;
  }

  public RawHello extension(int type, byte[] body) {
    extensions.add(new Extension(type, body.clone()));
    return this;
  }

  /** With another body for an extension. */
  public RawHello replaced(int type, byte[] body) {
    return replace(type, body);
  }

  private RawHello replace(int type, byte[] body) {
    extensions.removeIf(e -> e.type() == type);
    return extension(type, body);
  }

  /** The handshake message in one record. */
  public byte[] bytes() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, 3});
    byte[] random = new byte[32];
    java.util.Arrays.fill(random, (byte) 0x4d);
    body.writeBytes(random);
    body.write(0);
    byte[] offered = HexFormat.of().parseHex(suites);
    body.writeBytes(new byte[] {0, (byte) offered.length});
    body.writeBytes(offered);
    body.write(compression.length);
    body.writeBytes(compression);
    byte[] all = extensionBytes();
    body.writeBytes(new byte[] {(byte) (all.length >> 8), (byte) all.length});
    body.writeBytes(all);
    byte[] message = body.toByteArray();
    byte[] header = {1, 0, (byte) (message.length >> 8), (byte) message.length};
    return record(22, Frames.concat(header, message));
  }

  private byte[] extensionBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Extension each : extensions) {
      int length = each.body().length;
      out.writeBytes(
          new byte[] {
            (byte) (each.type() >> 8), (byte) each.type(), (byte) (length >> 8), (byte) length
          });
      out.writeBytes(each.body());
    }
    return out.toByteArray();
  }

  /** A plaintext record (RFC 8446 §5.1). */
  public static byte[] record(int type, byte[] content) {
    byte[] header = {(byte) type, 3, 1, (byte) (content.length >> 8), (byte) content.length};
    return Frames.concat(header, content);
  }
}
