package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.network.NetworkScript;
import dev.marrow.cli.local.network.Shell;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.Request;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Starts a local mesh. */
public final class Startup {
  private static final Duration POLL = Duration.ofMillis(100);

  private Startup() {}

  /** A mesh runs already. */
  public static final class AlreadyUp extends IOException {
    private static final long serialVersionUID = 1L;

    AlreadyUp(String message) {
      super(message);
    }
  }

  /** Makes the network and starts the supervisor; does not wait for anything to become ready. */
  public static void start(StateDirectory state, Request request, Consumer<String> progress)
      throws IOException {
    if (!Files.isDirectory(request.config())) {
      throw new IOException(
          request.config() + ": no such directory (expected: a directory of Kubernetes YAML)");
    }
    if (runs(state)) {
      throw new AlreadyUp(
          "a mesh runs already, see `marrow status` (state: %s). `marrow down` stops it; MARROW_STATE and MARROW_PREFIX name a second one."
              .formatted(state.root()));
    }
    Names names = new Names(request.prefix());
    if (state.exists() || !Teardown.namespaces(names).isEmpty()) {
      progress.accept("cleaning up what an earlier mesh left");
      Teardown.run(state, names, progress);
    }
    state.create();
    request.write(state);
    progress.accept(
        "making %d nodes in network namespaces %s-*".formatted(request.nodes(), request.prefix()));
    StringBuilder script = new StringBuilder(NetworkScript.bridge(names, request.nodes()));
    for (int node = 1; node <= request.nodes(); node++)
      script.append(NetworkScript.node(names, request.nodes(), node));
    Shell.run(script.toString());
    Guard.start(MeshContext.open(state));
  }

  /** Whether the mesh of a state folder runs. */
  public static boolean runs(StateDirectory state) throws IOException {
    return Guard.supervisorLives(state) || Guard.lives(state);
  }

  /**
   * Waits until everything is ready.
   *
   * @param progress hears what has become ready
   * @return what is still waited for when time was up, or empty
   */
  public static Optional<MeshState> awaitReady(
      StateDirectory state, Duration longest, Consumer<String> progress) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    ReadyProgress told = new ReadyProgress(progress);
    boolean seemedStopped = false;
    while (true) {
      Optional<MeshState> mesh = MeshState.read(state);
      mesh.ifPresent(told::tell);
      if (mesh.isPresent() && mesh.get().ready()) return mesh;
      if (System.nanoTime() - end > 0) return Optional.empty();
      // Twice: a process that is becoming another program has no command line for a moment.
      boolean stopped = !runs(state);
      if (stopped && seemedStopped) throw new IOException("the mesh was stopped while it started");
      seemedStopped = stopped;
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
