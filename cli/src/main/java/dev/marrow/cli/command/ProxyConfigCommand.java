package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What a proxy goes by at the moment. */
@Command(
    name = "proxy-config",
    description = {
      "Shows what a proxy goes by: one that `marrow status` names (ztunnel/...) or waypoint/NAME.",
      "Without a part all of its dump, as JSON."
    })
public final class ProxyConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "PROXY", description = "ztunnel/NODE or waypoint/NAME")
  private String name = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PART",
      description = "${COMPLETION-CANDIDATES}")
  private ProxyPart part = ProxyPart.all;

  @Option(
      names = {"-n", "--namespace"},
      description = "the waypoint's namespace")
  private String namespace = "";

  @Override
  public Integer call() throws IOException {
    MeshSettings settings = MeshSettings.localOrCluster();
    settings.requireRightsFor("proxy-config");
    JsonNode dump = dump(settings, settings.running());
    if (part == ProxyPart.all) {
      Output.json(spec.commandLine().getOut(), dump);
    } else if (output.json()) {
      Output.json(spec.commandLine().getOut(), part.of(dump));
    } else {
      var table = new Table(part.head());
      part.rows(dump).forEach(row -> table.row(row.toArray(String[]::new)));
      table.print(spec.commandLine().getOut());
    }
    return 0;
  }

  private JsonNode dump(MeshSettings settings, MeshState mesh) throws IOException {
    if (name.startsWith("waypoint/")) {
      MeshState.Pod pod = new Targets(mesh, namespace).waypointPods(name.substring(9)).getFirst();
      return new ProxyDumps(settings).ofWaypoint(pod);
    }
    List<MeshState.Program> proxies =
        mesh.programs().stream().filter(ProxyDumps::isNodeProxy).toList();
    Optional<MeshState.Program> found =
        proxies.stream()
            .filter(it -> it.name().equals(name) || ("ztunnel/" + it.node()).equals(name))
            .findFirst();
    MeshState.Program proxy =
        found.orElseThrow(() ->
            new IOException(
                "no proxy '%s' (there are: %s, and waypoint/NAME)"
                    .formatted(
                        name,
                        String.join(
                            ", ", proxies.stream().map(MeshState.Program::name).toList()))));
    return new ProxyDumps(settings).ofNodeProxy(proxy);
  }
}
