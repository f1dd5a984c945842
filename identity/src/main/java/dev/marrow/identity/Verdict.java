package dev.marrow.identity;

import java.security.cert.X509Certificate;
import java.util.List;

/** What {@link SvidVerifier} says about a chain. */
public sealed interface Verdict {
  /**
   * The chain proves {@code id}.
   *
   * @param path leaf first, root last
   */
  record Verified(SpiffeId id, List<X509Certificate> path) implements Verdict {
    public Verified {
      path = List.copyOf(path);
    }
  }

  /**
   * The chain proves nothing.
   *
   * @param detail for a log line: free of control characters
   */
  record Refused(PeerRefusal why, String detail) implements Verdict {
    private static final int MAX_DETAIL = 300;

    public Refused {
      detail = printable(detail);
    }

    // Names in certificates are chosen by the peer: they must not forge log lines.
    private static String printable(String text) {
      String cut = text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) + "…" : text;
      return cut.codePoints()
          .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();
    }
  }
}
