package dev.marrow.conformance;

/** What kind of endpoint is judged. */
public enum Profile {
  /** HTTP/2 CONNECT over mutual TLS with SPIFFE identities: a node proxy or a gateway. */
  HBONE,
  /** Any mutual-TLS server: the handshake and the certificates alone. */
  MTLS,
  /** A TLS server that asks for no client certificate. */
  TLS,
  /** A waypoint: HBONE outside, HTTP inside. */
  WAYPOINT
}
