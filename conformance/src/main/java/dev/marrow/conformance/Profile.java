package dev.marrow.conformance;

/** What kind of endpoint is judged. */
public enum Profile {
  /** HTTP/2 CONNECT over mutual TLS with SPIFFE identities: a node proxy or a gateway. */
  HBONE,
  /** Any mutual-TLS server that echoes: the handshake and certificate paths, nothing of SPIFFE. */
  MTLS,
  /** A TLS server that echoes and asks for no client certificate. */
  TLS,
  /** A waypoint: HBONE outside, HTTP inside. */
  WAYPOINT
}
