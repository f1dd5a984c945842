package dev.marrow.ztunnel.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes answers of our own (RFC 1035 §4.1). */
final class DnsWriter {
  static final int SERVER_FAILURE = 2;
  static final int BAD_VERSION = 16;
  private static final int TTL_SECONDS = 30;
  private static final int QUESTION_POINTER = 0xc000 | Question.HEADER_BYTES;
  private static final int RESPONSE_AUTHORITATIVE = 0x8400;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int TRUNCATED = 0x0200;
  private static final int CLASS_IN = 1;
  private static final int RECORD_BYTES = 28;

  private DnsWriter() {}

  /**
   * An answer to the query at the reader index of {@code query}; what does not fit into {@code
   * room} is left out and the message marked truncated.
   */
  static ByteBuf answer(
      ByteBufAllocator alloc, ByteBuf query, Question question, Answer.Own answer, Room room) {
    ByteBuf out = alloc.buffer(Math.min(room.bytes(), Edns.PLAIN_UDP_BYTES));
    header(out, question, RESPONSE_AUTHORITATIVE, 0);
    out.writeBytes(
        query, query.readerIndex() + Question.HEADER_BYTES, question.end() - Question.HEADER_BYTES);
    int owner = QUESTION_POINTER;
    int count = 0;
    if (!answer.alias().isEmpty()) {
      owner = 0xc000 | cname(out, answer.alias());
      count++;
    }
    boolean truncated = false;
    List<InetAddress> addresses = answer.addresses();
    for (InetAddress address : addresses) {
      truncated = out.readableBytes() + RECORD_BYTES > room.forRecords();
      if (truncated) {
        break;
      }
      address(out, owner, address);
      count++;
    }
    out.setShort(6, count);
    if (truncated) {
      out.setShort(2, out.getUnsignedShort(2) | TRUNCATED);
    }
    if (room.edns()) {
      opt(out, 0);
    }
    return out;
  }

  /** An answer that says only that there is none. */
  static ByteBuf failure(
      ByteBufAllocator alloc, ByteBuf query, Question question, int code, Room room) {
    ByteBuf out = alloc.buffer(question.end() + Edns.RECORD_BYTES);
    header(out, question, 0x8000, code & 0xf);
    out.writeBytes(
        query, query.readerIndex() + Question.HEADER_BYTES, question.end() - Question.HEADER_BYTES);
    if (room.edns()) {
      opt(out, code >> 4);
    }
    return out;
  }

  /** Our own OPT record: how long a datagram we take, and the upper bits of the code. */
  private static void opt(ByteBuf out, int upperCode) {
    out.writeByte(0).writeShort(Edns.OPT).writeShort(Edns.MOST_UDP_BYTES);
    out.writeByte(upperCode).writeByte(0).writeShort(0).writeShort(0);
    out.setShort(10, 1);
  }

  private static void header(ByteBuf out, Question question, int flags, int code) {
    int desired = question.recursionDesired() ? RECURSION_DESIRED : 0;
    out.writeShort(question.id()).writeShort(flags | desired | RECURSION_AVAILABLE | code);
    out.writeShort(1).writeShort(0).writeShort(0).writeShort(0);
  }

  /** Writes a CNAME from the question's name; where the canonical name stands. */
  private static int cname(ByteBuf out, String alias) {
    record(out, QUESTION_POINTER, Question.CNAME);
    int length = out.writerIndex();
    out.writeShort(0);
    int name = out.writerIndex();
    for (String label : alias.split("\\.", -1)) {
      byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
      out.writeByte(bytes.length).writeBytes(bytes);
    }
    out.writeByte(0);
    out.setShort(length, out.writerIndex() - name);
    return name;
  }

  private static void address(ByteBuf out, int owner, InetAddress address) {
    byte[] bytes = address.getAddress();
    record(out, owner, bytes.length == 4 ? Question.A : Question.AAAA);
    out.writeShort(bytes.length).writeBytes(bytes);
  }

  private static void record(ByteBuf out, int owner, int type) {
    out.writeShort(owner).writeShort(type).writeShort(CLASS_IN).writeInt(TTL_SECONDS);
  }
}
