package dev.marrow.cli.cluster;

import dev.marrow.resources.kubernetes.ApiServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The file that says which cluster is meant. */
public record KubeconfigFile(Path path) {
  /** The first one of {@code KUBECONFIG}. */
  public static Optional<KubeconfigFile> named(Map<String, String> environment) {
    String files = environment.getOrDefault("KUBECONFIG", "");
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new KubeconfigFile(Path.of(files.split(File.pathSeparator)[0])));
  }

  /**
   * {@code option} if it is given, else as {@code KUBECONFIG} says, else {@code ~/.kube/config}.
   */
  public static KubeconfigFile chosen(String option, Map<String, String> environment)
      throws IOException {
    KubeconfigFile file =
        option.isEmpty()
            ? named(environment)
                .orElse(
                    new KubeconfigFile(
                        Path.of(environment.getOrDefault("HOME", "/"), ".kube", "config")))
            : new KubeconfigFile(Path.of(option));
    if (!Files.isReadable(file.path)) {
      throw new IOException(
          file.path + ": no such file (expected: --kubeconfig FILE, or KUBECONFIG)");
    }
    return file;
  }

  public ApiServer connect() throws IOException {
    return ApiServer.connect(Files.readString(path));
  }
}
