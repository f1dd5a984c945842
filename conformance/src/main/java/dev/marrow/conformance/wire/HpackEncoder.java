package dev.marrow.conformance.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes every field as a literal without indexing and without Huffman (RFC 7541 §6.2.2): what is
 * sent is what was said.
 */
public final class HpackEncoder {
  private HpackEncoder() {}

  public static byte[] encode(List<Field> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : fields) {
      out.write(0);
      string(out, field.name());
      string(out, field.value());
    }
    return out.toByteArray();
  }

  public static byte[] encode(Field... fields) {
    return encode(List.of(fields));
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    integer(out, 0, 7, bytes.length);
    out.writeBytes(bytes);
  }

  /** RFC 7541 §5.1. */
  public static void integer(ByteArrayOutputStream out, int firstBits, int prefix, int value) {
    int max = (1 << prefix) - 1;
    if (value < max) {
      out.write(firstBits | value);
      return;
    }
    out.write(firstBits | max);
    int rest = value - max;
    while (rest >= 128) {
      out.write(rest & 127 | 128);
      rest >>= 7;
    }
    out.write(rest);
  }
}
