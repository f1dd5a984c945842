package dev.marrow.cli.command;

import dev.marrow.cli.edit.UserObjects;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The conditions of waypoints. Ends with 0 when all are programmed. */
@Command(
    name = "status",
    description = "Shows the conditions of waypoints; ends with 0 when they are programmed.")
final class WaypointStatus implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "only this waypoint")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "only those of one namespace")
  private String namespace = "";

  @Override
  public Integer call() throws IOException {
    Logging.quiet();
    MeshSettings settings = MeshSettings.localOrCluster();
    MeshState mesh = settings.running();
    List<GatewayView> views =
        GatewayView.all(new UserObjects(settings.objects(mesh)).read(), mesh, settings.state())
            .stream()
            .filter(view -> namespace.isEmpty() || view.namespace().equals(namespace))
            .filter(view -> name.isEmpty() || view.name().equals(name))
            .toList();
    if (views.isEmpty() && !name.isEmpty())
      throw new IOException(name + ": no such waypoint (see `marrow waypoint list`)");
    if (output.json()) Output.items(spec.commandLine().getOut(), views);
    else table(views);
    return views.stream().allMatch(view -> view.programmed().equals("True")) ? 0 : 1;
  }

  private void table(List<GatewayView> views) {
    Table table = new Table("NAMESPACE", "NAME", "PART", "STATUS", "TYPE", "REASON", "MESSAGE");
    for (GatewayView view : views) {
      if (view.conditions().isEmpty())
        table.row(
            view.namespace(), view.name(), "", "Unknown", "Programmed", "Pending", "no status yet");
      for (ObjectStatus condition : view.conditions()) {
        table.row(
            view.namespace(),
            view.name(),
            condition.part(),
            condition.status(),
            condition.type(),
            condition.reason(),
            condition.message());
      }
    }
    table.print(spec.commandLine().getOut());
  }
}
