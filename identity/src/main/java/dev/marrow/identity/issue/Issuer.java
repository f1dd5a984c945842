package dev.marrow.identity.issue;

import dev.marrow.identity.SpiffeId;

/** Issues one certificate with a fresh key. Thread-safe. */
interface Issuer extends AutoCloseable {
  /** Blocks; never throws for what others did wrong. */
  Issue issue(SpiffeId id);

  @Override
  void close();
}
