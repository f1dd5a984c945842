package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.network.NetworkScript;
import dev.marrow.cli.local.network.Shell;
import dev.marrow.cli.local.plan.Container;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.Variable;
import dev.marrow.cli.local.process.Launch;
import dev.marrow.cli.local.process.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pod on this machine: its network namespace, then its processes. Confined to the supervisor's
 * thread. It goes through
 *
 * <ol>
 *   <li>network: the namespace exists, the pod's object names it;
 *   <li>enrolment: a pod of the mesh waits for the node's agent, as a pod waits for its CNI plugin;
 *   <li>processes run;
 *   <li>leaving: first out of all endpoints, a second later asked to end, then unmade.
 * </ol>
 */
final class LocalPod {
  private static final Duration ENROLMENT_PATIENCE = Duration.ofSeconds(40);
  private static final Duration ENDPOINT_DELAY = Duration.ofSeconds(1);
  private static final String NETWORK_MADE = "network-made";

  private final MeshContext mesh;
  private final Instant born;
  private final Path folder;
  private final List<Supervised> processes = new ArrayList<>();
  private PlannedPod plan;
  private Optional<Instant> leavingSince = Optional.empty();

  private LocalPod(MeshContext mesh, PlannedPod plan, Instant born, Path folder) {
    this.mesh = mesh;
    this.plan = plan;
    this.born = born;
    this.folder = folder;
  }

  /** Makes the pod's network, or finds it made. */
  static LocalPod create(MeshContext mesh, PlannedPod plan, Instant now) throws IOException {
    String name = plan.namespace() + "." + plan.name();
    Path folder =
        mesh.folder(name, plan.name(), plan.seat().v4(), plan.seat().v6(), plan.namespace());
    Path made = folder.resolve(NETWORK_MADE);
    if (!Files.exists(made) || !Files.exists(Names.path(mesh.names().pod(plan.key())))) {
      Shell.run(NetworkScript.pod(mesh.names(), plan));
      Files.writeString(made, "");
    }
    return new LocalPod(mesh, plan, now, folder);
  }

  /**
   * Moves on.
   *
   * @param held whether it should wait for its enrolment
   * @param defaults variables of a proxy's pod, below its own
   */
  void tick(Instant now, boolean held, Map<String, String> defaults) throws IOException {
    boolean waits = held && now.isBefore(born.plus(ENROLMENT_PATIENCE));
    if (processes.isEmpty() && !leaving() && (!waits || hasRecords())) start(now, defaults);
    if (leavingSince.isPresent() && now.isAfter(leavingSince.get().plus(ENDPOINT_DELAY))) {
      processes.forEach(process -> process.stop(now));
    }
    processes.forEach(process -> process.tick(now));
  }

  /** Its processes live already: this supervisor is not the first one. */
  private boolean hasRecords() throws IOException {
    try (var files = Files.list(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().endsWith(".pid"));
    }
  }

  private void start(Instant now, Map<String, String> defaults) throws IOException {
    for (Container container : plan.template().containers()) {
      processes.add(Supervised.of(launch(container, defaults), now));
    }
  }

  private Launch launch(Container container, Map<String, String> defaults) {
    Map<String, String> environment = mesh.environment(plan.name());
    environment.putAll(defaults);
    Map<String, String> own = Variable.resolve(container.environment(), plan.fields());
    environment.putAll(own);
    return new Launch(
        plan.key() + "/" + container.name(),
        netns(),
        plan.name(),
        container.command().stream().map(word -> Variable.expand(word, own)).toList(),
        container.directory(),
        environment,
        folder,
        log(container.name()),
        container.readiness(),
        plan.seat().v4(),
        plan.template().grace());
  }

  private Path log(String container) {
    boolean first = plan.template().containers().getFirst().name().equals(container);
    String name = plan.namespace() + "." + plan.name() + (first ? "" : "." + container) + ".log";
    return mesh.state().logs().resolve(name);
  }

  /** Takes over a changed plan if the processes can stay. */
  boolean accepts(PlannedPod next) {
    boolean same =
        next.seat().equals(plan.seat())
            && next.template().containers().equals(plan.template().containers())
            && next.template().serviceAccount().equals(plan.template().serviceAccount());
    if (same) plan = next;
    return same;
  }

  void leave(Instant now) {
    if (leavingSince.isEmpty()) leavingSince = Optional.of(now);
  }

  boolean leaving() {
    return leavingSince.isPresent();
  }

  /** Everything has ended; {@link #unmake} may follow. */
  boolean gone() {
    return leaving() && processes.stream().allMatch(Supervised::hasEnded);
  }

  void unmake() throws IOException {
    Shell.run(NetworkScript.removePod(mesh.names(), plan));
    List<Path> files;
    try (var all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) Files.deleteIfExists(file);
    Files.deleteIfExists(folder);
  }

  PlannedPod plan() {
    return plan;
  }

  Path netns() {
    return Names.path(mesh.names().pod(plan.key()));
  }

  boolean ready() {
    return !leaving() && !processes.isEmpty() && processes.stream().allMatch(Supervised::ready);
  }

  String phase() {
    if (leaving()) return "Terminating";
    if (processes.isEmpty()) return "Pending";
    if (processes.stream().anyMatch(process -> !process.running())) return "Restarting";
    return "Running";
  }

  int restarts() {
    return processes.stream().mapToInt(Supervised::restarts).sum();
  }

  long pid() {
    return processes.isEmpty() ? 0 : processes.getFirst().pid();
  }

  List<String> logs() {
    return plan.template().containers().stream()
        .map(container -> log(container.name()).toString())
        .toList();
  }
}
