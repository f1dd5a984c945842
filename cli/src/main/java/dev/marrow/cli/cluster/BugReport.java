package dev.marrow.cli.cluster;

import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What somebody who is to help needs to see of a cluster, in one zip. Confined to one thread. */
public final class BugReport {
  private static final int LINES = 5000;
  private static final JsonMapper JSON = new JsonMapper();

  /** What others run may have secrets in its specification. */
  private static final Set<String> OTHERS =
      Set.of("Pod", "Deployment", "DaemonSet", "ServiceAccount", "Service");

  private final Questions cluster;
  private final String namespace;

  public BugReport(Questions cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /**
   * Writes it. What cannot be read is said in its place.
   *
   * @param copy a folder for the cluster's objects
   */
  public void write(OutputStream out, StateDirectory copy) throws IOException {
    try (var zip = new ZipOutputStream(out)) {
      MeshState mesh = ClusterMirror.write(cluster, namespace, copy);
      entry(zip, "mesh.json", pretty(mesh));
      Health health = new Health(cluster, namespace);
      entry(zip, "check.json", pretty(List.of(health.before(), health.installation())));
      entry(zip, "images.json", pretty(health.images()));
      for (JsonNode pod : cluster.list("/api/v1/namespaces/" + namespace + "/pods")) {
        pod(zip, pod);
      }
      try (Stream<Path> files = Files.list(copy.objects())) {
        for (Path file : files.sorted().toList()) {
          String name = file.getFileName().toString();
          if (!OTHERS.contains(name.substring(0, name.indexOf('.')))) {
            entry(zip, "objects/" + name, Files.readString(file));
          }
        }
      }
    }
  }

  private void pod(ZipOutputStream zip, JsonNode pod) throws IOException {
    String name = pod.path("metadata").path("name").stringValue("");
    entry(zip, "pods/" + name + ".json", pretty(pod));
    for (JsonNode container : pod.path("spec").path("containers")) {
      String which = container.path("name").stringValue("");
      for (boolean previous : new boolean[] {false, true}) {
        String path =
            "/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d&previous=%s"
                .formatted(namespace, name, which, LINES, previous);
        log(zip, name + "." + which + (previous ? ".previous" : "") + ".log", path, previous);
      }
    }
  }

  private void log(ZipOutputStream zip, String name, String path, boolean optional)
      throws IOException {
    try {
      entry(zip, "logs/" + name, cluster.text(path));
    } catch (IOException unreadable) {
      if (!optional) {
        entry(zip, "logs/" + name, String.valueOf(unreadable.getMessage()));
      }
    }
  }

  private static String pretty(Object value) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
