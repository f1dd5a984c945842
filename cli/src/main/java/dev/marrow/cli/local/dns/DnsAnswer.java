package dev.marrow.cli.local.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Turns a DNS query into its answer (RFC 1035). Pure. The mesh knows all names there are: any other
 * does not exist, and nothing is asked elsewhere.
 */
final class DnsAnswer {
  private static final int A = 1;
  private static final int AAAA = 28;
  private static final int ANY = 255;
  private static final int RESPONSE = 0x8000;
  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int OPCODE = 0x7800;
  private static final int FORMAT_ERROR = 1;
  private static final int NO_SUCH_NAME = 3;
  private static final int NOT_IMPLEMENTED = 4;
  private static final int TTL_SECONDS = 5;
  private static final int HEAD_BYTES = 12;

  private DnsAnswer() {}

  /** The question of a query; {@code end} is where it stops in the message. */
  private record Question(String name, int type, int end) {}

  /**
   * Answers.
   *
   * @param limitBytes what does not fit is left out and marked as cut off
   * @return empty for what is no query
   */
  static Optional<byte[]> to(byte[] query, Zone zone, int limitBytes) {
    if (query.length < HEAD_BYTES) return Optional.empty();
    ByteBuffer in = ByteBuffer.wrap(query);
    int id = in.getShort();
    int flags = in.getShort();
    if ((flags & RESPONSE) != 0) return Optional.empty();
    int kept = RESPONSE | AUTHORITATIVE | (flags & (RECURSION_DESIRED | OPCODE));
    if ((flags & OPCODE) != 0) return Optional.of(head(id, kept | NOT_IMPLEMENTED));
    Optional<Question> question = in.getShort() == 1 ? question(in) : Optional.empty();
    if (question.isEmpty()) return Optional.of(head(id, kept | FORMAT_ERROR));
    byte[] asked = Arrays.copyOfRange(query, HEAD_BYTES, question.get().end());
    Optional<List<String>> found = zone.find(question.get().name());
    int code = found.isPresent() ? 0 : NO_SUCH_NAME;
    return Optional.of(
        message(
            id, kept | code, asked, records(question.get(), found.orElse(List.of())), limitBytes));
  }

  private static List<byte[]> records(Question question, List<String> addresses) {
    List<byte[]> records = new ArrayList<>();
    for (String address : addresses) {
      int type = address.contains(":") ? AAAA : A;
      if (question.type() == type || question.type() == ANY) records.add(bytes(address));
    }
    return records;
  }

  private static byte[] bytes(String address) {
    return InetAddress.ofLiteral(address).getAddress();
  }

  private static Optional<Question> question(ByteBuffer in) {
    try {
      in.position(HEAD_BYTES);
      StringJoiner name = new StringJoiner(".");
      for (int length = in.get() & 0xff; length != 0; length = in.get() & 0xff) {
        // A pointer makes no sense in the first name of a message.
        if (length > 63) return Optional.empty();
        byte[] label = new byte[length];
        in.get(label);
        name.add(new String(label, StandardCharsets.ISO_8859_1));
      }
      int type = in.getShort() & 0xffff;
      in.getShort();
      return Optional.of(new Question(name.toString(), type, in.position()));
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  private static byte[] head(int id, int flags) {
    return ByteBuffer.allocate(HEAD_BYTES).putShort((short) id).putShort((short) flags).array();
  }

  private static byte[] message(
      int id, int flags, byte[] question, List<byte[]> addresses, int limitBytes) {
    int room = limitBytes - HEAD_BYTES - question.length;
    int fitting = 0;
    for (byte[] address : addresses) {
      room -= 12 + address.length;
      if (room >= 0) fitting++;
    }
    boolean cut = fitting < addresses.size();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(id);
      out.writeShort(cut ? flags | TRUNCATED : flags);
      out.writeShort(1);
      out.writeShort(fitting);
      out.writeInt(0);
      out.write(question);
      for (byte[] address : addresses.subList(0, fitting)) {
        out.writeShort(0xc000 | HEAD_BYTES);
        out.writeShort(address.length == 4 ? A : AAAA);
        out.writeShort(1);
        out.writeInt(TTL_SECONDS);
        out.writeShort(address.length);
        out.write(address);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
