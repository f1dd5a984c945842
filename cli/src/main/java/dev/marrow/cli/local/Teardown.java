package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.network.Shell;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Stops a mesh and removes all traces, from whatever is there: it needs no supervisor, and finds
 * processes by the network namespace they are in.
 */
public final class Teardown {
  private static final Duration APPS = Duration.ofSeconds(4);
  private static final Duration PROGRAMS = Duration.ofSeconds(9);
  private static final Duration KILLED = Duration.ofSeconds(5);

  private Teardown() {}

  /** Whether there is anything to remove. */
  public static boolean anything(StateDirectory state, Names names) throws IOException {
    return state.exists() || !namespaces(names).isEmpty();
  }

  public static void run(StateDirectory state, Names names, Consumer<String> progress)
      throws IOException {
    if (state.exists()) Files.writeString(state.stopping(), "");
    if (Guard.lives(state)) kill("KILL", Guard.pid(state.guardPid()).stream().toList());
    if (Guard.supervisorLives(state))
      kill("KILL", Guard.pid(state.supervisorPid()).stream().toList());
    List<String> all = namespaces(names);
    Predicate<String> ours =
        name ->
            name.equals(names.bridge())
                || name.equals(names.controlPlane())
                || name.startsWith(names.node(1).replaceAll("1$", ""));
    List<String> pods = all.stream().filter(ours.negate()).toList();
    if (!pods.isEmpty()) progress.accept("stopping " + pods.size() + " pods");
    end(pods, APPS);
    if (!all.isEmpty()) progress.accept("stopping the control plane and the nodes' programs");
    end(all, PROGRAMS);
    StringBuilder script = new StringBuilder();
    for (String name : all) script.append("ip netns del ").append(name).append('\n');
    Shell.run(script.append("exit 0\n").toString());
    state.delete();
    List<String> left = namespaces(names);
    if (!left.isEmpty())
      throw new IOException("could not remove " + left + ": try `ip netns del NAME` to see why");
  }

  /** Asks the processes in these namespaces to end, waits, and kills those that did not. */
  private static void end(List<String> namespaces, Duration patience) throws IOException {
    Set<String> ids = new HashSet<>();
    for (String name : namespaces) identity(Names.path(name)).ifPresent(ids::add);
    kill("TERM", processes(ids));
    if (await(ids, patience)) return;
    kill("KILL", processes(ids));
    if (!await(ids, KILLED))
      throw new IOException("processes " + processes(ids) + " do not end, even killed");
  }

  private static boolean await(Set<String> ids, Duration longest) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    while (!processes(ids).isEmpty()) {
      if (System.nanoTime() - end > 0) return false;
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    return true;
  }

  private static void kill(String signal, List<Long> processes) throws IOException {
    if (processes.isEmpty()) return;
    StringBuilder script = new StringBuilder("kill -" + signal);
    processes.forEach(pid -> script.append(' ').append(pid));
    Shell.run(script.append(" 2>/dev/null\nexit 0\n").toString());
  }

  /** The processes whose network namespace is one of these. */
  private static List<Long> processes(Set<String> ids) throws IOException {
    List<Long> found = new ArrayList<>();
    if (ids.isEmpty()) return found;
    try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        Optional<String> id = identity(entry.resolve("ns/net"));
        if (id.isPresent() && ids.contains(id.get()))
          found.add(Long.parseLong(entry.getFileName().toString()));
      }
    }
    return found;
  }

  /** What tells one namespace from another: device and inode. */
  private static Optional<String> identity(Path path) throws IOException {
    try {
      return Optional.of(
          Files.getAttribute(path, "unix:dev") + ":" + Files.getAttribute(path, "unix:ino"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // A zombie has no namespaces any more, and a process may end while it is looked at.
      return Optional.empty();
    }
  }

  public static List<String> namespaces(Names names) throws IOException {
    Path directory = Path.of("/run/netns");
    if (!Files.isDirectory(directory)) return List.of();
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).filter(names::owns).sorted().toList();
    }
  }
}
