package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The pods. */
@Command(name = "pods", description = "Lists the pods with their addresses and identities.")
public final class PodsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = {"-n", "--namespace"},
      description = "only those of one namespace")
  private String namespace = "";

  @Override
  public Integer call() throws IOException {
    List<MeshState.Pod> pods =
        MeshSettings.localOrCluster().running().pods().stream()
            .filter(pod -> namespace.isEmpty() || pod.namespace().equals(namespace))
            .toList();
    if (output.json()) {
      Output.items(spec.commandLine().getOut(), pods);
      return 0;
    }
    Table table =
        new Table(
            "NAMESPACE",
            "NAME",
            "READY",
            "PHASE",
            "MESH",
            "NODE",
            "ADDRESS",
            "IDENTITY",
            "RESTARTS");
    for (MeshState.Pod pod : pods) {
      table.row(
          pod.namespace(),
          pod.name(),
          pod.ready() ? "yes" : "no",
          pod.phase(),
          mesh(pod),
          pod.node(),
          pod.addresses().getFirst(),
          pod.identity(),
          "" + pod.restarts());
    }
    table.print(spec.commandLine().getOut());
    return 0;
  }

  static String mesh(MeshState.Pod pod) {
    if (!pod.gateway().isEmpty()) return "waypoint";
    if (pod.enrolled()) return pod.ambient() ? "ambient" : "leaving";
    return pod.ambient() ? "joining" : "";
  }
}
