package dev.marrow.cli.command;

import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.Teardown;
import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a mesh and shows it, or leaves it running behind. */
@Command(
    name = "up",
    description = "Starts the mesh described by a directory of Kubernetes YAML and shows it live.")
public final class UpCommand implements Callable<Integer> {
  private static final Duration READY_WITHIN = Duration.ofSeconds(120);
  private static final List<String> BACKENDS = List.of("nftables", "iptables");
  private static final List<String> PROGRAMS =
      List.of("ztunnel", "waypoint", "node-agent", "control-plane");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "directory of Kubernetes YAML (default: samples/shop)")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "number of nodes (default: ${DEFAULT-VALUE})")
  private int nodes = 2;

  @Option(names = "--detach", description = "return when the mesh is ready and leave it running")
  private boolean detach;

  @Option(
      names = "--redirect",
      paramLabel = "BACKEND",
      description = "nftables or iptables (default: ${DEFAULT-VALUE})")
  private String redirect = "nftables";

  @Option(
      names = "--set",
      paramLabel = "PROGRAM.NAME=VALUE",
      description =
          "a variable for ztunnel, waypoint, node-agent or control-plane; may be repeated")
  private Map<String, String> settings = Map.of();

  @Override
  public Integer call() throws IOException {
    expect("--redirect", redirect, BACKENDS);
    Map<String, Map<String, String>> variables = variables();
    MeshSettings.requireRoot("up");
    if (nodes < 1 || nodes > Addresses.MAX_NODES) {
      throw new IllegalArgumentException(
          "--nodes: " + nodes + " (expected: 1.." + Addresses.MAX_NODES + ")");
    }
    MeshSettings settings = MeshSettings.current();
    PrintWriter out = spec.commandLine().getOut();
    Request request =
        new Request(
            settings.names().prefix(),
            configuration(),
            nodes,
            MeshSettings.home(),
            redirect,
            variables);
    long begun = System.nanoTime();
    Startup.start(settings.state(), request, line -> say(out, line));
    LiveView view = new LiveView(settings, out);
    Thread stop = new Thread(() -> stop(settings, view, out), "stop");
    if (!detach) Runtime.getRuntime().addShutdownHook(stop);
    Optional<MeshState> ready =
        Startup.awaitReady(settings.state(), READY_WITHIN, line -> say(out, line));
    if (ready.isEmpty()) return late(settings);
    say(out, "ready after %.1f s".formatted((System.nanoTime() - begun) / 1e9));
    if (detach) hint(out, ready.get());
    else view.run();
    return 0;
  }

  private Map<String, Map<String, String>> variables() {
    Map<String, Map<String, String>> programs = new TreeMap<>();
    settings.forEach((name, value) -> {
      int dot = name.indexOf('.');
      if (dot < 1)
        throw new IllegalArgumentException("--set: " + name + " (expected: PROGRAM.NAME=VALUE)");
      String program = name.substring(0, dot);
      expect("--set", program, PROGRAMS);
      programs.computeIfAbsent(program, p -> new TreeMap<>()).put(name.substring(dot + 1), value);
    });
    return programs;
  }

  /** Said at once: in a mesh that starts, a wrong word shows only as something never ready. */
  private static void expect(String option, String word, List<String> known) {
    if (!known.contains(word)) {
      throw new IllegalArgumentException(
          option + ": " + word + " (expected: one of " + String.join(", ", known) + ")");
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println("  " + line);
    out.flush();
  }

  private Path configuration() throws IOException {
    if (config.isPresent()) return config.get().toAbsolutePath().normalize();
    String samples = System.getenv().getOrDefault("MARROW_SAMPLES", "");
    if (samples.isEmpty())
      throw new IOException("--config: missing (expected: a directory of Kubernetes YAML)");
    return Path.of(samples, "shop").toAbsolutePath().normalize();
  }

  private int late(MeshSettings settings) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "marrow up: not ready after " + READY_WITHIN.toSeconds() + " s; still waiting for:");
    if (MeshState.read(settings.state()).isEmpty())
      err.println("  the supervisor; see " + settings.state().logs().resolve("supervisor.log"));
    MeshState.read(settings.state()).stream()
        .flatMap(mesh -> mesh.waiting().stream())
        .forEach(line -> err.println("  " + line));
    err.println(
        "The mesh goes on trying. `marrow logs NAME` shows why, `marrow status` how it stands, `marrow down` stops it.");
    err.flush();
    return 1;
  }

  private static void stop(MeshSettings settings, LiveView view, PrintWriter out) {
    try {
      view.end();
      out.println();
      Teardown.run(settings.state(), settings.names(), line -> say(out, line));
    } catch (IOException e) {
      out.println("marrow: " + e.getMessage() + "; `marrow down` tries again");
    }
    out.flush();
  }

  /** Stands for a pod where there is none. */
  private static final MeshState.Pod NOBODY =
      new MeshState.Pod(
          "NAMESPACE",
          "POD",
          "",
          "",
          List.of(),
          "ACCOUNT",
          "",
          "",
          false,
          0,
          0,
          "",
          "",
          false,
          false,
          "",
          List.of(),
          Map.of());

  private static void hint(PrintWriter out, MeshState mesh) {
    MeshState.Pod shown =
        mesh.pods().stream()
            .filter(MeshState.Pod::enrolled)
            .findFirst()
            .or(() -> mesh.pods().stream().findFirst())
            .orElse(NOBODY);
    String switched = shown.ambient() ? "-" : "=ambient";
    String marrow = MeshSettings.command();
    out.printf(
        """

        Try next:
          %1$s pods                          who runs where, with which identity
          %1$s logs ztunnel/node-1           one line per connection
          %1$s exec %2$s/%3$s -- ip addr
          %1$s label namespace %2$s istio.io/dataplane-mode%4$s
          %1$s waypoint apply --for-service-account %5$s -n %2$s
          %1$s down                          stops everything and leaves nothing behind
        Objects are in %6$s; edits there take effect at once.
        """,
        marrow, shown.namespace(), shown.name(), switched, shown.serviceAccount(), mesh.config());
    out.flush();
  }
}
