package dev.marrow.cli.command;

import dev.marrow.cli.cluster.KubeconfigFile;
import dev.marrow.cli.cluster.Questions;
import java.io.IOException;
import picocli.CommandLine.Option;

/** The options of all commands that work on a cluster. */
final class ClusterCommand {
  /** Where node proxies are trusted without further settings. */
  static final String NAMESPACE = "marrow-system";

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "the cluster (default: KUBECONFIG, or ~/.kube/config)")
  private String kubeconfig = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "the installation's namespace (default: ${DEFAULT-VALUE})")
  private String namespace = NAMESPACE;

  String namespace() {
    return namespace;
  }

  KubeconfigFile file() throws IOException {
    return KubeconfigFile.chosen(kubeconfig, System.getenv());
  }

  Questions questions() throws IOException {
    Logging.quiet();
    return new Questions(file().connect());
  }
}
