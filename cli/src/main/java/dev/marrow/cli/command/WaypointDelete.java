package dev.marrow.cli.command;

import dev.marrow.cli.edit.UserObjects;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes waypoints and the labels that bind to them. */
@Command(name = "delete", description = "Removes waypoints and the labels that point at them.")
final class WaypointDelete implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "the waypoints")
  private List<String> names = List.of();

  @Option(
      names = {"-n", "--namespace"},
      description = "the waypoints' namespace (default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(names = "--all", description = "all waypoints of the namespace")
  private boolean all;

  @Override
  public Integer call() throws IOException {
    Logging.quiet();
    MeshSettings settings = MeshSettings.localOrCluster();
    PrintWriter out = spec.commandLine().getOut();
    UserObjects objects = settings.userObjects();
    ResourceSnapshot now = objects.read();
    List<KubeObject> gateways =
        now.all("Gateway", namespace).stream()
            .filter(GatewayView::isWaypoint)
            .filter(it -> all || names.contains(it.name()))
            .toList();
    for (String name : names) {
      if (gateways.stream().noneMatch(gateway -> gateway.name().equals(name))) {
        throw new IOException(
            "waypoint " + namespace + "/" + name + ": no such object (see `marrow waypoint list`)");
      }
    }
    if (names.isEmpty() && !all)
      throw new IOException("no waypoint named (expected: NAME or --all)");
    for (KubeObject gateway : gateways) delete(objects, now, gateway, out);
    out.flush();
    new DataPlane(settings)
        .await(
            "the waypoints' pods have ended",
            mesh ->
                mesh.pods().stream()
                    .filter(pod ->
                        pod.namespace().equals(namespace)
                            && gateways.stream().anyMatch(it -> it.name().equals(pod.gateway())))
                    .map(pod -> "the end of pod " + pod.name())
                    .toList(),
            Duration.ofSeconds(60),
            out);
    return 0;
  }

  /** The labels go first: nothing is ever bound to a waypoint that is not there. */
  private static void delete(
      UserObjects objects, ResourceSnapshot now, KubeObject gateway, PrintWriter out)
      throws IOException {
    for (String kind : List.of("Namespace", "Service", "Pod", "Deployment")) {
      for (KubeObject object : now.all(kind)) {
        if (GatewayView.uses(object, gateway)
            && objects.label(object, GatewayView.USE_WAYPOINT, Optional.empty())) {
          out.println("unlabelled " + object.key() + " in " + object.origin().source());
        }
      }
    }
    objects.delete(gateway);
    out.println("deleted " + gateway.key());
  }
}
