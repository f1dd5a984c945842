package dev.marrow.identity.issue;

/** What is fetched first. */
enum Priority {
  /** A connection waits. */
  REALTIME,
  /** A connection may soon. */
  WARMUP,
  /** There is a certificate; this is for the next one. */
  BACKGROUND
}
