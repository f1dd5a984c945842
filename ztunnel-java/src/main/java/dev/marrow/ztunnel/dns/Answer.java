package dev.marrow.ztunnel.dns;

import java.net.InetAddress;
import java.util.List;

/** What becomes of a question. */
sealed interface Answer {

  /**
   * We answer.
   *
   * @param alias the name the addresses belong to, if it differs from the one asked for; empty for
   *     none
   * @param addresses possibly none: the name exists, and has nothing of that type
   */
  record Own(String alias, List<InetAddress> addresses) implements Answer {
    public Own {
      addresses = List.copyOf(addresses);
    }
  }

  /** Somebody else may know. */
  record Forward() implements Answer {}
}
