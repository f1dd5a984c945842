package dev.marrow.conformance.wire;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes as people read them. */
public final class Hex {
  private static final int MAX = 48;

  private Hex() {}

  /** The first bytes in hexadecimal, with the length when there are more. */
  public static String brief(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(MAX, bytes.length));
    return bytes.length <= MAX ? hex : hex + "… (" + bytes.length + " bytes)";
  }

  /** Text with everything but printable ASCII escaped. */
  public static String printable(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (char c : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
      if (c >= ' ' && c < 127) {
        out.append(c);
      } else {
        out.append(String.format("\\x%02x", (int) c));
      }
    }
    return out.toString();
  }
}
