package dev.marrow.conformance;

/** What a failure costs. */
public enum Severity {
  /** Identity or authorization is bypassed, plaintext leaks, or bytes reach another tenant. */
  CRITICAL,
  /** The shared proxy goes down, or data is damaged. */
  HIGH,
  /** A breach of a text with a limited effect. */
  MEDIUM,
  /** Hygiene. */
  LOW
}
