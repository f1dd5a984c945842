package dev.marrow.ztunnel.settings;

import java.nio.file.Path;

/** Whom the proxy serves. */
public sealed interface Mode {
  /** All pods of a node, announced by the node agent. */
  record Shared(Path announcements, boolean portReuse) implements Mode {}

  /** One workload, in whose network namespace the process runs. */
  record Dedicated(String namespace, String name, String serviceAccount) implements Mode {}
}
