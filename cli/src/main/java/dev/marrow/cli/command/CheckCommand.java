package dev.marrow.cli.command;

import dev.marrow.cli.cluster.Health;
import dev.marrow.cli.cluster.Questions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Whether a cluster has what the mesh needs, and how the installation stands, if there is one. */
@Command(
    name = "check",
    description =
        "Checks a Kubernetes cluster and the installation on it; ends with 0 when all that is needed is there.")
public final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterCommand cluster = new ClusterCommand();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Questions questions = cluster.questions()) {
      Health health = new Health(questions, cluster.namespace());
      List<Health.Finding> findings = new ArrayList<>(health.before());
      List<Health.Finding> installed = health.installation();
      findings.addAll(installed);
      if (output.json()) {
        Output.items(out, findings);
      } else {
        print(out, findings);
        if (installed.isEmpty()) {
          out.println("no installation in namespace " + cluster.namespace() + " (marrow install)");
          out.flush();
        }
      }
      return findings.stream().allMatch(finding -> finding.good() || !finding.needed()) ? 0 : 1;
    }
  }

  static void print(PrintWriter out, List<Health.Finding> findings) {
    Table table = new Table("WHAT", "GOOD", "DETAIL");
    for (Health.Finding finding : findings) {
      String good = finding.good() ? "yes" : finding.needed() ? "NO" : "no";
      table.row(finding.what(), good, finding.detail());
    }
    table.print(out);
  }
}
