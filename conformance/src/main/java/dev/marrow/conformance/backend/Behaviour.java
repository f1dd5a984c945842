package dev.marrow.conformance.backend;

/** What the kit's application does with a connection. */
public enum Behaviour {
  /** Sends back what it gets; FIN for FIN. */
  ECHO,
  /** The same behind another port. */
  ECHO_ELSEWHERE,
  /** Says a banner first, then echoes. */
  SERVER_FIRST,
  /** Sends {@link Backend#STREAM_BYTES} bytes of a known pattern, then FIN; reads on. */
  STREAM,
  /** Sends 64 KiB and closes at once. */
  BURST_AND_CLOSE,
  /** FIN at once, keeps reading and counting. */
  FIN_FIRST,
  /** Reads one byte, then RST. */
  RESET,
  /** Accepts and never reads. */
  STALL,
  /** Answers the first byte after three seconds. */
  SLOW,
  /**
   * Answers every HTTP/1.1 head as its path asks: {@code /103} early hints, {@code /204} without a
   * body, {@code /upgrade} with 101 and an echo, and anything else like {@link #HTTP}.
   */
  HTTP_ODD,
  /** Answers every HTTP/1.1 head with 200 and sixteen bytes, whatever it says. */
  HTTP
}
