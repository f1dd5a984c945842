package dev.marrow.ztunnel.settings;

import java.util.Map;
import java.util.Optional;

/** Where the state of the mesh comes from: a control plane, a file, or both. */
public record MeshSettings(
    Source source, Map<String, Object> nodeMetadata, boolean responseBaggage) {
  public MeshSettings {
    nodeMetadata = Map.copyOf(nodeMetadata);
  }

  /**
   * The two sources.
   *
   * @param local path of a file or the text itself
   * @param onDemand whether only what connections need is fetched
   */
  public record Source(Optional<ServerSettings> xds, Optional<Local> local, boolean onDemand) {}

  /** Static state. */
  public sealed interface Local {
    record File(java.nio.file.Path path) implements Local {}

    record Inline(String text) implements Local {}
  }
}
