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

/** The services. */
@Command(name = "services", description = "Lists the services with their addresses.")
public final class ServicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = {"-n", "--namespace"},
      description = "only those of one namespace")
  private String namespace = "";

  @Override
  public Integer call() throws IOException {
    List<MeshState.Service> services =
        MeshSettings.localOrCluster().running().services().stream()
            .filter(service -> namespace.isEmpty() || service.namespace().equals(namespace))
            .toList();
    if (output.json()) {
      Output.items(spec.commandLine().getOut(), services);
      return 0;
    }
    Table table = new Table("NAMESPACE", "NAME", "ADDRESS", "PORTS", "ENDPOINTS", "WAYPOINT");
    for (MeshState.Service service : services) {
      table.row(
          service.namespace(),
          service.name(),
          service.addresses().isEmpty() ? "headless" : String.join(",", service.addresses()),
          String.join(",", service.ports()),
          service.ready() + "/" + service.endpoints(),
          service.waypoint());
    }
    table.print(spec.commandLine().getOut());
    return 0;
  }
}
