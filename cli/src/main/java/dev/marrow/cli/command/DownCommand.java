package dev.marrow.cli.command;

import dev.marrow.cli.local.Teardown;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Stops the mesh. */
@Command(
    name = "down",
    description = "Stops the mesh and removes all traces of it, also after a crash.")
public final class DownCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    MeshSettings.requireRoot("down");
    MeshSettings settings = MeshSettings.current();
    PrintWriter out = spec.commandLine().getOut();
    if (!Teardown.anything(settings.state(), settings.names())) {
      out.println("nothing runs");
    } else {
      Teardown.run(
          settings.state(),
          settings.names(),
          line -> {
            out.println("  " + line);
            out.flush();
          });
      out.println("stopped");
    }
    out.flush();
    return 0;
  }
}
