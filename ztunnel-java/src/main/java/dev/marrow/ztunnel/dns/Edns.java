package dev.marrow.ztunnel.dns;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * The OPT record of a query (RFC 6891 §6.1).
 *
 * @param at where its payload size stands, from the message's start
 * @param udpBytes the largest datagram the client takes, as it said
 * @param version 0 is the only one there is
 */
record Edns(int at, int udpBytes, int version) {
  /** The largest datagram of ours, and the largest that we take from upstream. */
  static final int MOST_UDP_BYTES = 4096;

  static final int PLAIN_UDP_BYTES = 512;
  static final int OPT = 41;
  static final int RECORD_BYTES = 11;
  private static final int ADDITIONAL_COUNT = 10;

  /**
   * Finds it if it is the first record behind the question, where clients put it. A query whose
   * records are elsewhere or broken is one without: it is answered in 512 bytes.
   */
  static Optional<Edns> find(ByteBuf query, Question question) {
    int start = query.readerIndex();
    int at = start + question.end();
    boolean alone = query.getInt(start + 6) == 0; // neither answers nor authorities
    boolean some = query.getUnsignedShort(start + ADDITIONAL_COUNT) > 0;
    if (!alone || !some || at + RECORD_BYTES > query.writerIndex()) return Optional.empty();
    boolean opt = query.getByte(at) == 0 && query.getUnsignedShort(at + 1) == OPT;
    if (!opt) return Optional.empty();
    return Optional.of(
        new Edns(
            question.end() + 3, query.getUnsignedShort(at + 3), query.getUnsignedByte(at + 6)));
  }

  /** The largest answer over UDP: what the client takes, at least 512 bytes, at most ours. */
  int answerBytes() {
    return Math.clamp(udpBytes, PLAIN_UDP_BYTES, MOST_UDP_BYTES);
  }

  /** Makes a query that is passed on promise no more than we can take of the answer. */
  void cap(ByteBuf query) {
    if (udpBytes > MOST_UDP_BYTES) {
      query.setShort(query.readerIndex() + at, MOST_UDP_BYTES);
    }
  }
}
