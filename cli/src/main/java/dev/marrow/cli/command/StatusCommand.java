package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How the mesh stands. Ends with 0 when all is ready, else with 1. */
@Command(name = "status", description = "Shows how the mesh stands; ends with 0 when all is ready.")
public final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException {
    MeshSettings settings = MeshSettings.localOrCluster();
    MeshState mesh = settings.running();
    List<ObjectStatus> statuses = ObjectStatus.read(settings.state());
    List<String> problems = ObjectStatus.problems(settings.state(), mesh);
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("ready", mesh.ready());
      json.put("config", mesh.config());
      json.put("nodes", mesh.nodes());
      json.put("waiting", mesh.waiting());
      json.put("problems", problems);
      json.put("items", mesh.programs());
      json.put("conditions", statuses);
      Output.json(out, json);
    } else {
      text(out, mesh, statuses, problems);
    }
    return mesh.ready() ? 0 : 1;
  }

  private static void text(
      PrintWriter out, MeshState mesh, List<ObjectStatus> statuses, List<String> problems) {
    long ready = mesh.pods().stream().filter(MeshState.Pod::ready).count();
    long enrolled = mesh.pods().stream().filter(MeshState.Pod::enrolled).count();
    out.printf(
        "%s: %d nodes, %d pods (%d ready, %d enrolled), objects from %s%n%n",
        mesh.ready() ? "ready" : "not ready",
        mesh.nodes(),
        mesh.pods().size(),
        ready,
        enrolled,
        mesh.config());
    Table table = new Table("PROGRAM", "READY", "PID", "RESTARTS");
    for (MeshState.Program program : mesh.programs()) {
      table.row(
          program.name(),
          program.ready() ? "yes" : "no",
          "" + program.pid(),
          "" + program.restarts());
    }
    table.print(out);
    section(out, "Waiting for", mesh.waiting());
    section(out, "Problems", problems);
    section(
        out,
        "Conditions",
        statuses.stream().filter(ObjectStatus::negative).map(ObjectStatus::line).toList());
    out.flush();
  }

  private static void section(PrintWriter out, String title, List<String> lines) {
    if (lines.isEmpty()) return;
    out.println();
    out.println(title + ":");
    lines.forEach(line -> out.println("  " + line));
  }
}
