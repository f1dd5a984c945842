package dev.marrow.mesh.file;

import java.util.List;
import java.util.Map;

/** A parsed YAML or JSON document that remembers where everything stands. */
sealed interface Tree {
  Spot spot();

  /** Keys and values, in the order of the file. */
  record Fields(Spot spot, Map<String, Tree> values) implements Tree {}

  /** A list. */
  record Items(Spot spot, List<Tree> values) implements Tree {}

  /** A text, number or truth value as it is written; "" for nothing at all. */
  record Scalar(Spot spot, String text) implements Tree {}

  /**
   * A place in a file.
   *
   * @param path for example {@code workloads[2].protocol}
   */
  record Spot(String file, int line, String path) {
    LocalFileException refusal(String problem) {
      return new LocalFileException(
          "%s:%d: %s: %s".formatted(file, line, path.isEmpty() ? "(document)" : path, problem));
    }

    /** The same line, for a part of what stands here. */
    Spot part(String key) {
      return new Spot(file, line, path.isEmpty() ? key : path + "." + key);
    }
  }
}
