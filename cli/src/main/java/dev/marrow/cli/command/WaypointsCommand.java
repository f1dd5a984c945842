package dev.marrow.cli.command;

import dev.marrow.cli.edit.UserObjects;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The waypoints. */
@Command(name = "waypoints", description = "Lists the waypoints (the same as `waypoint list`).")
public final class WaypointsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = {"-n", "--namespace"},
      description = "only those of one namespace")
  private String namespace = "";

  @Override
  public Integer call() throws IOException {
    list(spec.commandLine().getOut(), namespace, output.json());
    return 0;
  }

  static void list(PrintWriter out, String namespace, boolean json) throws IOException {
    Logging.quiet();
    MeshSettings settings = MeshSettings.localOrCluster();
    MeshState mesh = settings.running();
    List<GatewayView> views =
        GatewayView.all(new UserObjects(settings.objects(mesh)).read(), mesh, settings.state())
            .stream()
            .filter(view -> namespace.isEmpty() || view.namespace().equals(namespace))
            .toList();
    if (json) {
      Output.items(out, views);
      return;
    }
    Table table =
        new Table("NAMESPACE", "NAME", "TRAFFIC TYPE", "FOR", "PODS", "PROGRAMMED", "ADDRESS");
    for (GatewayView view : views) {
      table.row(
          view.namespace(),
          view.name(),
          view.trafficType(),
          view.serves(),
          view.ready() + "/" + view.pods(),
          view.programmed(),
          view.address());
    }
    table.print(out);
  }
}
