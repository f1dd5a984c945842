package dev.marrow.cli.command;

import dev.marrow.cli.local.NodeAdmin;
import dev.marrow.cli.local.Startup;
import dev.marrow.cli.local.screen.Frame;
import dev.marrow.cli.local.screen.Refusals;
import dev.marrow.cli.local.screen.Sample;
import dev.marrow.cli.local.screen.Traffic;
import dev.marrow.cli.local.state.MeshState;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Shows the mesh until it ends: a picture that renews itself on a terminal, else a line now and
 * then. Confined to one thread, but for its end.
 */
final class LiveView {
  private static final Duration PICTURE = Duration.ofSeconds(1);
  private static final Duration LINE = Duration.ofSeconds(10);
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_REST = "\u001b[J";
  private static final String CLEAR_ALL = "\u001b[2J";

  private final MeshSettings settings;
  private final PrintWriter out;
  private final Refusals refusals = new Refusals();
  private final boolean terminal;
  private boolean ended;
  private Traffic.Reading before = new Traffic.Reading(System.nanoTime(), List.of());

  LiveView(MeshSettings settings, PrintWriter out) {
    this.settings = settings;
    this.out = out;
    Console console = System.console();
    this.terminal = console != null && console.isTerminal();
  }

  void run() throws IOException {
    if (terminal) out.print(CLEAR_ALL);
    before = reading(MeshState.read(settings.state()));
    while (Startup.runs(settings.state())) {
      LockSupport.parkNanos((terminal ? PICTURE : LINE).toNanos());
      Optional<MeshState> mesh = MeshState.read(settings.state());
      if (mesh.isEmpty()) continue;
      Traffic.Reading now = reading(mesh);
      Traffic traffic = Traffic.between(before, now);
      before = now;
      refusals.read(logs(mesh.get()));
      show(mesh.get(), traffic);
    }
  }

  /** Shows nothing from now on: what is said next must not be painted over. Thread-safe. */
  synchronized void end() {
    ended = true;
  }

  private synchronized void show(MeshState mesh, Traffic traffic) {
    if (ended) return;
    if (terminal) picture(mesh, traffic);
    else out.println(Frame.line(mesh, traffic));
    out.flush();
  }

  private void picture(MeshState mesh, Traffic traffic) {
    int[] size = size();
    List<String> lines =
        Frame.lines(mesh, traffic, refusals.last(), size[1], size[0], MeshSettings.command());
    StringBuilder text = new StringBuilder(HOME);
    lines.stream()
        .limit(Math.max(1, size[0] - 1))
        .forEach(line -> text.append(line).append(CLEAR_LINE).append('\n'));
    out.print(text.append(CLEAR_REST));
  }

  /** Rows and columns. */
  private static int[] size() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
      String[] words =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      if (words.length == 2)
        return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[1])};
    } catch (IOException | NumberFormatException e) {
      // A terminal that does not say how large it is gets the usual size.
    }
    return new int[] {40, 120};
  }

  private Traffic.Reading reading(Optional<MeshState> mesh) {
    List<Sample> samples = new ArrayList<>();
    for (String namespace : mesh.map(this::proxies).orElse(List.of())) {
      try {
        samples.addAll(Sample.parse(NodeAdmin.metrics(namespace)));
      } catch (IOException e) {
        // A proxy that is just starting again has no counters; the next reading has them.
      }
    }
    return new Traffic.Reading(System.nanoTime(), samples);
  }

  private List<String> proxies(MeshState mesh) {
    List<String> namespaces = new ArrayList<>();
    for (MeshState.Program program : mesh.programs()) {
      if (program.name().startsWith("ztunnel/") && program.ready()) {
        namespaces.add(settings.names().prefix() + "-" + program.node());
      }
    }
    mesh.pods().stream()
        .filter(pod -> !pod.gateway().isEmpty() && pod.ready())
        .forEach(pod -> namespaces.add(pod.netns()));
    return namespaces;
  }

  private static List<Path> logs(MeshState mesh) {
    List<Path> logs = new ArrayList<>();
    mesh.programs().stream()
        .filter(program -> program.name().startsWith("ztunnel/"))
        .forEach(program -> logs.add(Path.of(program.log())));
    mesh.pods().stream()
        .filter(pod -> !pod.gateway().isEmpty())
        .forEach(pod -> pod.logs().forEach(log -> logs.add(Path.of(log))));
    return logs;
  }
}
