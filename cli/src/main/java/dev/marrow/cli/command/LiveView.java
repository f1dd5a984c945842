package dev.marrow.cli.command;

import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Shows the mesh until it ends. Confined to one thread. */
final class LiveView {
  private final MeshSettings settings;
  private final PrintWriter out;

  LiveView(MeshSettings settings, PrintWriter out) {
    this.settings = settings;
    this.out = out;
  }

  void run() throws IOException {
    while (Startup.runs(settings.state())) {
      Optional<MeshState> mesh = MeshState.read(settings.state());
      mesh.ifPresent(state -> out.println(state.pods().size() + " pods, ready: " + state.ready()));
      out.flush();
      LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
    }
  }
}
