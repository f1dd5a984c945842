package dev.marrow.cli.edit;

import dev.marrow.cli.cluster.ClusterEdit;
import dev.marrow.cli.local.state.StateDirectory;
import dev.marrow.resources.DirectorySource;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The user's objects, for commands that change them: a directory of YAML, or a cluster whose
 * objects were copied into one. Confined to one thread.
 */
public final class UserObjects {
  private final Path directory;
  private final List<ClusterEdit> cluster;

  public UserObjects(Path directory) {
    this(directory, List.of());
  }

  private UserObjects(Path directory, List<ClusterEdit> cluster) {
    this.directory = directory;
    this.cluster = cluster;
  }

  /**
   * @param copy of what the cluster has
   */
  public static UserObjects of(ClusterEdit cluster, Path copy) {
    return new UserObjects(copy, List.of(cluster));
  }

  /** All objects as they are now. */
  public ResourceSnapshot read() throws IOException {
    try (DirectorySource source = DirectorySource.watch(List.of(directory))) {
      return source.snapshot();
    }
  }

  /**
   * Sets or removes a label where the object is written.
   *
   * @param value empty to remove it
   * @return whether anything changed
   */
  public boolean label(KubeObject object, String key, Optional<String> value) throws IOException {
    if (!cluster.isEmpty()) {
      return cluster.getFirst().label(object, key, value);
    }
    Path file = Path.of(object.origin().source());
    YamlText before = new YamlText(Files.readString(file));
    // The label of a Deployment's pods is what was meant; the mesh takes it over without new pods.
    boolean template = object.kind().equals("Deployment");
    var name = new YamlText.ObjectName(object.kind(), object.namespace(), object.name(), template);
    Optional<YamlText> after =
        value.isPresent()
            ? before.set(name, "labels", key, value.get())
            : before.remove(name, "labels", key);
    if (after.isEmpty()) {
      throw new IOException(
          object.origin() + ": cannot be edited in place; please change the label by hand");
    }
    if (after.get().equals(before)) return false;
    replace(file, after.get().text());
    return true;
  }

  /** Writes a file of its own for a new object; says what was written. */
  public String add(String name, String text) throws IOException {
    if (!cluster.isEmpty()) {
      return cluster.getFirst().apply(text);
    }
    Path file = directory.resolve(name);
    replace(file, text);
    return file.toString();
  }

  /** Takes an object out of its file; a file that has nothing else goes. */
  public void delete(KubeObject object) throws IOException {
    if (!cluster.isEmpty()) {
      cluster.getFirst().delete(object);
      return;
    }
    Path file = Path.of(object.origin().source());
    String text = Files.readString(file);
    List<String> documents = List.of(text.split("(?m)^---.*\n"));
    var name = new YamlText.ObjectName(object.kind(), object.namespace(), object.name());
    List<String> kept =
        documents.stream()
            .filter(document -> new YamlText(document).set(name, "labels", "x", "y").isEmpty())
            .toList();
    boolean empty =
        kept.stream().allMatch(document -> document.replaceAll("(?m)^\\s*(#.*)?$", "").isBlank());
    if (empty) Files.delete(file);
    else replace(file, String.join("---\n", kept));
  }

  private static void replace(Path file, String text) throws IOException {
    // Whoever watches the directory sees the old or the new file, never half of it; its permissions
    // stay.
    Path next = file.resolveSibling("." + file.getFileName() + ".next");
    if (!Files.exists(file)) {
      StateDirectory.write(file, text);
      return;
    }
    Files.copy(file, next, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
