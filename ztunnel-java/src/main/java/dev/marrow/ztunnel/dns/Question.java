package dev.marrow.ztunnel.dns;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * What a DNS query asks (RFC 1035 §4.1).
 *
 * @param name lower-case, without the final dot
 * @param spelled as the client spelled it, which the answer repeats
 * @param type A is 1, AAAA is 28
 * @param internet whether the class is IN, the only one that the mesh knows anything in
 */
record Question(
    int id,
    boolean recursionDesired,
    String name,
    String spelled,
    int type,
    boolean internet,
    int end) {
  static final int A = 1;
  static final int CNAME = 5;
  static final int AAAA = 28;
  static final int HEADER_BYTES = 12;

  private static final int MAX_NAME = 253;
  private static final int RESPONSE = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int CLASS_IN = 1;

  /**
   * Reads a query with exactly one question; empty for anything else. Moves nothing in {@code
   * message}; {@link #end} is where the question ends, from the message's start.
   */
  static Optional<Question> parse(ByteBuf message) {
    int start = message.readerIndex();
    if (message.readableBytes() < HEADER_BYTES + 5) {
      return Optional.empty();
    }
    int flags = message.getUnsignedShort(start + 2);
    boolean query = (flags & (RESPONSE | OPCODE)) == 0;
    if (!query || message.getUnsignedShort(start + 4) != 1) {
      return Optional.empty();
    }
    var name = new StringBuilder();
    int after = name(message, start + HEADER_BYTES, name);
    if (after < 0 || after + 4 > message.writerIndex()) {
      return Optional.empty();
    }
    String spelled = name.toString();
    return Optional.of(
        new Question(
            message.getUnsignedShort(start),
            (flags & RECURSION_DESIRED) != 0,
            spelled.toLowerCase(Locale.ROOT),
            spelled,
            message.getUnsignedShort(after),
            message.getUnsignedShort(after + 2) == CLASS_IN,
            after + 4 - start));
  }

  /** Reads an uncompressed name; the index behind it, or -1. */
  private static int name(ByteBuf message, int from, StringBuilder out) {
    int at = from;
    while (at < message.writerIndex()) {
      int length = message.getUnsignedByte(at);
      if (length == 0) {
        return at + 1;
      }
      if (!out.isEmpty()) {
        out.append('.');
      }
      boolean sound =
          length <= 63
              && at + 1 + length < message.writerIndex()
              && out.length() + length <= MAX_NAME;
      if (!sound) {
        return -1;
      }
      String label = message.toString(at + 1, length, StandardCharsets.ISO_8859_1);
      if (label.indexOf('.') >= 0) {
        return -1;
      }
      out.append(label);
      at += 1 + length;
    }
    return -1;
  }
}
