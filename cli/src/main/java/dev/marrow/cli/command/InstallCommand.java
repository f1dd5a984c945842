package dev.marrow.cli.command;

import dev.marrow.cli.cluster.Chart;
import dev.marrow.cli.cluster.Health;
import dev.marrow.cli.cluster.Questions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Installs the chart, or brings an installation to other values, and waits until all of it is
 * ready.
 */
@Command(
    name = "install",
    description =
        "Installs the mesh on a Kubernetes cluster, or changes an installation (with Helm's chart charts/marrow).")
public final class InstallCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterCommand cluster = new ClusterCommand();

  @Option(
      names = {"-f", "--values"},
      paramLabel = "FILE",
      description = "values of the chart; may be given more than once")
  private List<Path> files = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "one value of the chart; may be given more than once")
  private Map<String, String> values = Map.of();

  @Option(names = "--no-wait", description = "do not wait until it is ready")
  private boolean noWait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long to wait (default: ${DEFAULT-VALUE})")
  private long seconds = 180;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Questions questions = cluster.questions()) {
      Health health = new Health(questions, cluster.namespace());
      for (Health.Finding finding : health.before()) {
        if (!finding.good() && finding.needed()) {
          throw new IOException(finding.what() + ": " + finding.detail());
        }
      }
      String status =
          new Chart(cluster.file(), cluster.namespace(), "marrow").install(files, values);
      out.println("chart marrow: " + status + " in namespace " + cluster.namespace());
      out.flush();
      return noWait ? 0 : await(health, out);
    }
  }

  private int await(Health health, PrintWriter out) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    List<Health.Finding> findings = health.installation();
    while (findings.isEmpty() || !findings.stream().allMatch(Health.Finding::good)) {
      if (System.nanoTime() - end > 0) {
        CheckCommand.print(out, findings);
        throw new IOException(
            "not ready after "
                + seconds
                + " s (see kubectl get pods -n "
                + cluster.namespace()
                + ")");
      }
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
      findings = health.installation();
    }
    CheckCommand.print(out, findings);
    return 0;
  }
}
