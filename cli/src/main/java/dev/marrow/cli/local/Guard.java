package dev.marrow.cli.local;

import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shell loop that starts the supervisor again when it ends, while the supervisor starts the loop
 * again when that ends: to stop a mesh one has to say so.
 */
final class Guard {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static Instant next = Instant.MIN;

  private static final String SCRIPT =
      """
      # guard.sh STATE NETNS MARROW: keeps the supervisor of a local mesh alive.
      state=$1
      alive() { grep -qs supervise "/proc/$1/cmdline"; }
      while [ -d "$state" ] && [ ! -e "$state/stopping" ]; do
        read -r pid 2>/dev/null <"$state/supervisor.pid" || pid=
        if [ -n "$pid" ] && alive "$pid"; then
          sleep 1
          continue
        fi
        nsenter --net="$2" "$3" supervise >>"$state/logs/supervisor.log" 2>&1 </dev/null || sleep 0.3
      done
      """;

  private Guard() {}

  static void start(MeshContext mesh) throws IOException {
    StateDirectory state = mesh.state();
    Path script = state.root().resolve("guard.sh");
    if (!Files.exists(script)) StateDirectory.write(script, SCRIPT);
    ProcessBuilder builder =
        new ProcessBuilder(
            "setsid",
            "sh",
            script.toString(),
            state.root().toString(),
            dev.marrow.cli.local.network.Names.path(mesh.names().bridge()).toString(),
            mesh.program().toString());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(mesh.environment("localhost"));
    environment.put("MARROW_STATE", state.root().toString());
    environment.put("MARROW_PREFIX", mesh.names().prefix());
    builder.directory(Path.of("/").toFile());
    builder.redirectInput(Path.of("/dev/null").toFile()).redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(state.logs().resolve("supervisor.log").toFile()));
    Process process = builder.start();
    StateDirectory.write(state.guardPid(), process.pid() + "\n");
  }

  /** Starts the loop again if it is gone. */
  static void keep(MeshContext mesh, Instant now) throws IOException {
    if (now.isBefore(next)) return;
    next = now.plus(PERIOD);
    if (!lives(mesh.state())) start(mesh);
  }

  static boolean lives(StateDirectory state) throws IOException {
    return runs(state.guardPid(), List.of("guard.sh", state.root().toString()));
  }

  /** Whether the supervisor of this state folder runs. */
  static boolean supervisorLives(StateDirectory state) throws IOException {
    return runs(state.supervisorPid(), List.of("supervise"));
  }

  static Optional<Long> pid(Path file) throws IOException {
    return StateDirectory.read(file)
        .map(String::strip)
        .filter(text -> text.matches("[0-9]+"))
        .map(Long::parseLong);
  }

  private static boolean runs(Path pidFile, List<String> words) throws IOException {
    Optional<Long> pid = pid(pidFile);
    if (pid.isEmpty()) return false;
    Optional<String> command = StateDirectory.read(Path.of("/proc/" + pid.get() + "/cmdline"));
    return command.isPresent() && words.stream().allMatch(command.get()::contains);
  }
}
