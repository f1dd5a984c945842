package dev.marrow.cli.cluster;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.UpgradeCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Our chart, put on a cluster and taken away by Helm, which is part of this program.
 *
 * @param name of the release
 */
public record Chart(KubeconfigFile cluster, String namespace, String name) {
  /** The chart's folder: {@code MARROW_CHARTS/marrow}. */
  private static Path folder() throws IOException {
    Path folder = Path.of(System.getenv().getOrDefault("MARROW_CHARTS", "charts"), "marrow");
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such chart (expected: MARROW_CHARTS; use ./marrow)");
    }
    return folder;
  }

  /** Installs it, or brings an installation to these values. */
  public String install(List<Path> files, Map<String, String> values) throws IOException {
    UpgradeCommand command =
        new Helm(folder())
            .upgrade()
            .install()
            .createNamespace()
            .withName(name)
            .withNamespace(namespace)
            .withKubeConfig(cluster.path());
    files.forEach(command::withValuesFile);
    values.forEach(command::set);
    try {
      return String.valueOf(command.call().getStatus());
    } catch (IllegalStateException refused) {
      throw new IOException("helm: " + refused.getMessage(), refused);
    }
  }

  public String uninstall() throws IOException {
    try {
      return Helm.uninstall(name).withNamespace(namespace).withKubeConfig(cluster.path()).call();
    } catch (IllegalStateException refused) {
      throw new IOException("helm: " + refused.getMessage(), refused);
    }
  }
}
