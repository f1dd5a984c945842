package dev.marrow.cli.command;

import dev.marrow.cli.cluster.Chart;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lets all pods go, cleans the nodes and deletes the installation. */
@Command(
    name = "uninstall",
    description =
        "Lets all pods out of the mesh, cleans the nodes and deletes the installation from a Kubernetes cluster.")
public final class UninstallCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterCommand cluster = new ClusterCommand();

  @Override
  public Integer call() throws IOException {
    String said = new Chart(cluster.file(), cluster.namespace(), "marrow").uninstall();
    spec.commandLine().getOut().println(said.strip());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
