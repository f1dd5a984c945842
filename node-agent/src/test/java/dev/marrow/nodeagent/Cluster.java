package dev.marrow.nodeagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A directory of YAML as the local mesh writes it. */
public final class Cluster {
  private final Path objects;

  public Cluster(Path objects) throws IOException {
    this.objects = Files.createDirectories(objects);
  }

  public Path objects() {
    return objects;
  }

  /** A running pod of account {@code web}; {@code labels} and {@code annotations} as YAML maps. */
  public void pod(
      String node, String namespace, String name, Path netns, String labels, String more)
      throws IOException {
    write(
        "Pod." + namespace + "." + name,
        """
        apiVersion: v1
        kind: Pod
        metadata:
          namespace: %s
          name: %s
          uid: uid-%s
          labels: {%s}
          annotations: {marrow.dev/netns: "%s"%s}
        spec: {nodeName: %s, serviceAccountName: web}
        status: {phase: Running, podIPs: [{ip: 198.18.78.2}, {ip: "fd00:78::2"}]}
        """
            .formatted(namespace, name, name, labels, netns, more, node));
  }

  public void pod(String node, String namespace, String name, Path netns) throws IOException {
    pod(node, namespace, name, netns, "", "");
  }

  public void namespace(String name, String labels) throws IOException {
    write(
        "Namespace." + name,
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s}}\n"
            .formatted(name, labels));
  }

  public void write(String file, String text) throws IOException {
    Path fresh = objects.resolve("." + file);
    Files.writeString(fresh, text);
    Files.move(fresh, objects.resolve(file + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  public void delete(String file) throws IOException {
    Files.delete(objects.resolve(file + ".yaml"));
  }
}
