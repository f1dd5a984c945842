package dev.marrow.cli.command;

import dev.marrow.cli.cluster.BugReport;
import dev.marrow.cli.cluster.Questions;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Collects what somebody who is to help needs to see. */
@Command(
    name = "bug-report",
    description =
        "Writes a zip with logs, conditions and our own pods of a Kubernetes cluster; no secrets, nothing of other people's pods but their names.")
public final class BugReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterCommand cluster = new ClusterCommand();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "marrow-bug-report.zip",
      description = "where to write it (default: ${DEFAULT-VALUE})")
  private Path file = Path.of("marrow-bug-report.zip");

  @Override
  public Integer call() throws IOException {
    var copy = new StateDirectory(Files.createTempDirectory("marrow-report"));
    try (Questions questions = cluster.questions();
        var out = Files.newOutputStream(file)) {
      new BugReport(questions, cluster.namespace()).write(out, copy);
    } finally {
      copy.delete();
    }
    spec.commandLine().getOut().println("wrote " + file.toAbsolutePath());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
