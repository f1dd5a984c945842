package dev.marrow.conformance.hostile;

/** One thing that a {@link HostileServer} does other than a good server; certificates are apart. */
public enum Trait {
  /** Speaks TLS 1.2 at most. */
  OLD_TLS,
  /** Agrees to http/1.1 alone. */
  HTTP_1,
  /** Selects no application protocol. */
  NO_ALPN,
  /** Never asks for a certificate. */
  ASKS_NO_CERTIFICATE,
  /** Names an authority in its CertificateRequest that nobody has. */
  NAMES_UNRELATED_AUTHORITIES,
  /** Answers CONNECT with 503. */
  ANSWERS_503,
  /** Answers CONNECT with 204. */
  ANSWERS_204,
  /** Answers CONNECT only after three seconds. */
  ANSWERS_LATE,
  /** Resets the TCP connection instead of the handshake. */
  RESETS_AT_ONCE,
  /** Sends GOAWAY at once. */
  GOES_AWAY,
  /** Asks for a certificate once more after the handshake; needs a P-256 certificate. */
  ASKS_AGAIN
}
