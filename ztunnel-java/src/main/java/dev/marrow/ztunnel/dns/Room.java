package dev.marrow.ztunnel.dns;

import java.util.Optional;

/**
 * What an answer may look like.
 *
 * @param bytes how long it may be
 * @param edns whether it carries an OPT record: only if the query did (RFC 6891 §6.1.1)
 * @param badVersion whether the query's OPT is of a version we do not know (§6.1.3)
 */
record Room(int bytes, boolean edns, boolean badVersion) {
  /** As long as the two bytes before a message over TCP can say (RFC 1035 §4.2.2). */
  static final int MOST_TCP_BYTES = 65535;

  static Room overUdp(Optional<Edns> edns) {
    return of(edns, edns.map(Edns::answerBytes).orElse(Edns.PLAIN_UDP_BYTES));
  }

  static Room overTcp(Optional<Edns> edns) {
    return of(edns, MOST_TCP_BYTES);
  }

  private static Room of(Optional<Edns> edns, int bytes) {
    return new Room(bytes, edns.isPresent(), edns.filter(e -> e.version() != 0).isPresent());
  }

  /** What is left for records when the OPT record has its place. */
  int forRecords() {
    return edns ? bytes - Edns.RECORD_BYTES : bytes;
  }
}
