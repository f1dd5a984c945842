package dev.marrow.conformance;

/** How binding the claim of a case is. Never lowered because a well-known peer fails it. */
public enum Level {
  /** An RFC or SPIFFE document says MUST. */
  MUST,
  /** An RFC or SPIFFE document says SHOULD. */
  SHOULD,
  /** Ambient mesh peers rely on it, though no standard says so. */
  ISTIO,
  /** No text asks for it; without it the endpoint is easy to harm. */
  HARDENING
}
