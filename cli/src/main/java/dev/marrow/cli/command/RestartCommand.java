package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Restarts programs of the mesh, one after the other. */
@Command(
    name = "restart",
    description =
        "Restarts programs of the mesh one after the other. A node proxy's successor stands ready before it drains: no connection is refused.")
public final class RestartCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration POLL = Duration.ofMillis(50);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "PROGRAM",
      arity = "1..*",
      description = "as `marrow status` names them, for example ztunnel/node-1 or control-plane")
  private List<String> programs = List.of();

  @Override
  public Integer call() throws IOException {
    MeshSettings settings = MeshSettings.current();
    PrintWriter out = spec.commandLine().getOut();
    for (String name : programs) {
      long before = program(settings, name).pid();
      long begun = System.nanoTime();
      settings.state().askRestart(name);
      MeshState.Program now = program(settings, name);
      while (now.pid() == before || now.pid() == 0 || !now.ready()) {
        if (System.nanoTime() - begun > PATIENCE.toNanos())
          throw new IOException(name + ": not restarted after " + PATIENCE.toSeconds() + " s");
        LockSupport.parkNanos(POLL.toNanos());
        now = program(settings, name);
      }
      out.printf(
          "%s: process %d follows %d (%.1f s)%n",
          name, now.pid(), before, (System.nanoTime() - begun) / 1e9);
      out.flush();
    }
    return 0;
  }

  private static MeshState.Program program(MeshSettings settings, String name) throws IOException {
    return settings.running().programs().stream()
        .filter(program -> program.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(name + ": no such program (see `marrow status`)"));
  }
}
