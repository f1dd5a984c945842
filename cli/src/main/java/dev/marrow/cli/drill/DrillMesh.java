package dev.marrow.cli.drill;

import dev.marrow.cli.local.NodeAdmin;
import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.Teardown;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.network.Shell;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.Request;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A mesh of the drill's own, beside whatever else runs: its prefix names its namespaces and its
 * folder. Confined to the drill's thread, but for reads of state.
 */
public final class DrillMesh implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(90);

  private final Names names;
  private final StateDirectory state;
  private final Path config;
  private final Consumer<String> progress;
  private final Thread interrupted = new Thread(this::remove, "remove-mesh");

  private DrillMesh(Names names, StateDirectory state, Path config, Consumer<String> progress) {
    this.names = names;
    this.state = state;
    this.config = config;
    this.progress = progress;
  }

  /** Where a mesh is made, and from what. */
  public record Place(String prefix, Path home, Consumer<String> progress) {}

  /** Starts a mesh and waits until it is ready; an earlier one of the same name is removed. */
  static DrillMesh up(Place place, Setup setup) throws IOException {
    Names names = new Names(place.prefix());
    StateDirectory state = new StateDirectory(Path.of("/run", place.prefix()));
    Teardown.run(state, names, line -> {});
    Path config = Files.createTempDirectory("marrow-drill");
    DrillMesh mesh = new DrillMesh(names, state, config, place.progress());
    // Whoever stops the drill must not be left with a mesh.
    Runtime.getRuntime().addShutdownHook(mesh.interrupted);
    try {
      Files.writeString(config.resolve("drill.yaml"), setup.base());
      Files.writeString(config.resolve("more.yaml"), setup.objects());
      Startup.start(
          state,
          new Request(
              place.prefix(), config, setup.nodes(), place.home(), "nftables", setup.variables()),
          line -> {});
      Optional<MeshState> ready = Startup.awaitReady(state, READY_WITHIN, line -> {});
      if (ready.isEmpty()) {
        throw new IOException("the mesh did not become ready: " + mesh.now().waiting());
      }
      return mesh;
    } catch (IOException | RuntimeException e) {
      mesh.keepLogs(config.resolveSibling(place.prefix() + "-failed-logs"));
      mesh.close();
      throw e;
    }
  }

  public Names names() {
    return names;
  }

  public StateDirectory state() {
    return state;
  }

  /** The directory of YAML. */
  public Path config() {
    return config;
  }

  public MeshState now() throws IOException {
    return MeshState.read(state).orElseThrow(() -> new IOException("the mesh is gone"));
  }

  public MeshState.Pod pod(String name) throws IOException {
    return now().pods().stream()
        .filter(pod -> pod.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IOException(name + ": no such pod"));
  }

  /** The first address of a service. */
  public String service(String name) throws IOException {
    return now().services().stream()
        .filter(service -> service.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IOException(name + ": no such service"))
        .addresses()
        .getFirst();
  }

  public MeshState.Program program(String name) throws IOException {
    return now().programs().stream()
        .filter(program -> program.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IOException(name + ": no such program"));
  }

  /** Sends a signal to one of our programs. */
  public void signal(String program, String signal) throws IOException {
    signal(program(program).pid(), signal);
  }

  public static void signal(long pid, String signal) throws IOException {
    Shell.run("kill -" + signal + " " + pid + " 2>/dev/null || :\n");
  }

  /** Starts a successor of a node proxy, waits until it serves and its predecessor has ended. */
  public void handOver(String program, Duration patience) throws Exception {
    long before = program(program).pid();
    state.askRestart(program);
    until(
        program + " to be taken over",
        patience,
        () -> program(program).pid() != before && program(program).ready());
    until("process " + before + " to end", patience, () -> !alive(before));
  }

  /** Waits until a program runs as another process than {@code before} and is ready. */
  public void awaitSuccessor(String program, long before, Duration patience) throws Exception {
    until(
        program + " to come back",
        patience,
        () ->
            program(program).pid() != before
                && program(program).pid() != 0
                && program(program).ready());
  }

  /** Whether a process is there. */
  public static boolean alive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  /** A number from a program's metrics: the sum of all series of that name. */
  public double metric(String namespace, String name) throws IOException {
    return NodeAdmin.metrics(namespace)
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Resident memory of a process, bytes. */
  public static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /** Seconds of processor time a process has used. */
  public static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }

  public static long descriptors(long pid) throws IOException {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    }
  }

  /** Runs a script in a network namespace of the mesh. */
  public void in(String namespace, String script) throws IOException {
    Shell.run(
        "exec nsenter --net="
            + Names.path(namespace)
            + " sh -s <<'DRILL'\n"
            + script
            + "\nDRILL\n");
  }

  /** Writes a file of the user's YAML whole. */
  public void write(String file, String yaml) throws IOException {
    StateDirectory.write(config.resolve(file), yaml);
  }

  /** Waits for a condition; says what did not come about. */
  public static void until(String what, Duration patience, Callable<Boolean> condition)
      throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("waited %d s for %s".formatted(patience.toSeconds(), what));
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Copies all logs. */
  void keepLogs(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> files;
    if (!Files.isDirectory(state.logs())) return;
    try (var all = Files.list(state.logs())) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Files.copy(
          file,
          folder.resolve(file.getFileName()),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The hook that removes the mesh is not needed any more, unless it runs already. */
  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(interrupted);
    } catch (IllegalStateException ending) {
      progress.accept("interrupted");
    }
  }

  private void remove() {
    try {
      Teardown.run(state, names, line -> {});
    } catch (IOException e) {
      System.err.println("the drill's mesh is not removed: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    progress.accept("taking the mesh down");
    forgetHook();
    Teardown.run(state, names, line -> {});
    try (var files = Files.list(config)) {
      for (Path file : files.toList()) Files.deleteIfExists(file);
    }
    Files.deleteIfExists(config);
  }
}
