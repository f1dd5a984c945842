package dev.marrow.conformance.command;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.run.Target;
import java.io.IOException;

/**
 * Starts a target of its own for {@code --self}, or finds a running one. The kit alone has none;
 * its host may.
 */
public interface SelfTarget {
  /** A running target. Closing it ends its processes. */
  interface Running extends AutoCloseable {
    Target target();

    @Override
    void close();
  }

  /**
   * Starts a target that trusts {@code authority} and reaches {@code backend} as its application.
   */
  Running start(Profile profile, Mint authority, Backend backend)
      throws IOException, InterruptedException;
}
