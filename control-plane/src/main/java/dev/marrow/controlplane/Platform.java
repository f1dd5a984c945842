package dev.marrow.controlplane;

import dev.marrow.controlplane.authority.TokenCheck;
import dev.marrow.controlplane.deploy.Applier;
import dev.marrow.controlplane.status.StatusWriter;
import dev.marrow.identity.authority.Authority;
import dev.marrow.resources.ResourceSource;
import java.util.Optional;

/** What a control plane stands on: directories of a machine, or a cluster. Thread-safe. */
interface Platform extends AutoCloseable {
  /** Where objects come from. */
  ResourceSource source();

  /** Where what is deployed goes. */
  Applier applier();

  /** Where conditions go. */
  StatusWriter statuses();

  Authority authority();

  /** Whose a token is. */
  TokenCheck tokens();

  /** Why nobody should rely on this control plane, if so. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  @Override
  void close();
}
