package dev.marrow.cli.drill;

import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.Exchange;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Source;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a drill is done: the mesh, its pods, the load, and a notebook for what was seen. Confined
 * to the drill's thread; {@link #note} is thread-safe.
 */
public final class Stage implements AutoCloseable {
  /** Nothing can be said: the drill did not come to its fault. */
  public static final class Unfit extends IOException {
    private static final long serialVersionUID = 1L;

    public Unfit(String why) {
      super(why);
    }
  }

  /** The drill cannot be done on this machine. */
  public static final class Impossible extends Exception {
    private static final long serialVersionUID = 1L;

    Impossible(String why) {
      super(why);
    }
  }

  /**
   * How a run was asked for.
   *
   * @param sabotaged without the step that makes the drill pass
   * @param rate requests a second of the usual load
   */
  public record Mode(Length length, boolean sabotaged, double rate) {
    private static final double LEAST_RATE = 50;

    /** With half of the requests, for a machine that is too busy; empty below a sensible number. */
    Optional<Mode> calmer() {
      return rate / 2 < LEAST_RATE
          ? Optional.empty()
          : Optional.of(new Mode(length, sabotaged, rate / 2));
    }

    /** Longer than any drill of this length takes: one that is stuck must not hold up the rest. */
    Duration patience() {
      return length == Length.WHOLE ? Duration.ofHours(3) : Duration.ofMinutes(4);
    }
  }

  /** How much of a drill. */
  public enum Length {
    /** As little as shows anything. */
    BRIEF,
    USUAL,
    /** With the full durations. */
    WHOLE
  }

  private static final Duration WARM_WITHIN = Duration.ofSeconds(30);

  private final DrillMesh mesh;
  private final Mode mode;
  private final Path evidence;
  private final long begun = System.nanoTime();
  private final Map<String, Source> pods = new HashMap<>();
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final List<Outcome.Check> checks = new ArrayList<>();
  private final Map<String, String> figures = new LinkedHashMap<>();
  private final List<String> events = new ArrayList<>();

  Stage(DrillMesh mesh, Mode mode, Path evidence) {
    this.mesh = mesh;
    this.mode = mode;
    this.evidence = evidence;
  }

  public DrillMesh mesh() {
    return mesh;
  }

  /** Where the drill may leave files. */
  public Path evidence() {
    return evidence;
  }

  /** Whether the step that makes the drill pass is to be left out. */
  public boolean sabotaged() {
    return mode.sabotaged();
  }

  /** Requests a second of the usual load. */
  public double rate() {
    return mode.rate();
  }

  /** A number that is larger in a whole run, and a quarter in a brief one. */
  public int scaled(int usual, int whole) {
    return switch (mode.length()) {
      case BRIEF -> Math.max(1, usual / 4);
      case USUAL -> usual;
      case WHOLE -> whole;
    };
  }

  /** A time that is longer in a whole run. */
  public Duration scaled(Duration usual, Duration whole) {
    return mode.length() == Length.WHOLE ? whole : usual;
  }

  // ---- pods and load ----

  /** A pod of the drill. */
  public Source source(String name) throws IOException {
    Source known = pods.get(name);
    if (known != null) return known;
    MeshState.Pod pod = mesh.pod(name);
    Source opened = Source.open(name, Names.path(Path.of(pod.netns()).getFileName().toString()));
    pods.put(name, opened);
    closing.push(opened);
    return opened;
  }

  /** Starts an app in each backend pod. */
  public List<EchoServer> serve(int port, EchoServer.Talk talk) throws IOException {
    List<EchoServer> servers = new ArrayList<>();
    for (String backend : names("backend-")) {
      EchoServer server = EchoServer.start(source(backend), port, talk);
      servers.add(server);
      closing.push(server);
    }
    return servers;
  }

  /** The names of pods with this prefix. */
  public List<String> names(String prefix) throws IOException {
    return mesh.now().pods().stream()
        .map(MeshState.Pod::name)
        .filter(name -> name.startsWith(prefix))
        .sorted()
        .toList();
  }

  /** Every client to every backend, half of them by the service's address. */
  public List<OpenLoop.Pair> pairs(int port) throws IOException {
    return pairs(port, 2);
  }

  /** Every client to every backend, all by the service's address. */
  public List<OpenLoop.Pair> services(int port) throws IOException {
    return pairs(port, 1);
  }

  private List<OpenLoop.Pair> pairs(int port, int serviceEach) throws IOException {
    List<OpenLoop.Pair> pairs = new ArrayList<>();
    int turn = 0;
    for (String backend : names("backend-")) {
      for (String client : names("client-")) {
        boolean byService = turn++ % serviceEach == 0;
        String address =
            byService ? mesh.service(backend) : mesh.pod(backend).addresses().getFirst();
        pairs.add(new OpenLoop.Pair(source(client), backend, at(address, port)));
      }
    }
    return pairs;
  }

  /**
   * Waits until each pair has answered: a mesh that is ready may still have to learn of the last
   * pods, and the first tunnel between two identities waits for their certificates.
   */
  public void awaitAnswers(List<OpenLoop.Pair> pairs) throws Exception {
    try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
      for (OpenLoop.Pair pair : pairs) {
        asking.submit(() -> {
          DrillMesh.until("an answer of " + pair.target(), WARM_WITHIN, () -> answers(pair));
          return true;
        });
      }
    }
    note("each of " + pairs.size() + " pairs has answered");
  }

  private static boolean answers(OpenLoop.Pair pair) {
    try (Socket socket = pair.from().connect(pair.to(), Duration.ofSeconds(5))) {
      socket.getOutputStream().write('?');
      return socket.getInputStream().read() == '?';
    } catch (IOException e) {
      return false;
    }
  }

  public static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  /** Starts load that ends with the drill at the latest. */
  public OpenLoop load(Exchange exchange, List<OpenLoop.Pair> pairs, double rate, int size) {
    OpenLoop loop = OpenLoop.start(exchange, pairs, rate, size, new Tally(System.nanoTime()));
    closing.push(loop);
    return loop;
  }

  /** Closes {@code part} with the drill. */
  public <T extends AutoCloseable> T keep(T part) {
    closing.push(part);
    return part;
  }

  /** Ends a load and writes its figures and failures down. */
  public Tally.Summary finish(OpenLoop load, String name) {
    load.close();
    Tally.Summary sum = load.tally().summary();
    figure(
        name + ": requests",
        "%d sent, %d answered, %d failed".formatted(sum.sent(), sum.answered(), missing(sum)));
    figure(name + ": ms", millis(sum));
    figure(
        name + ": longest gap",
        "%.0f ms, at %.1f s".formatted(sum.longestGapMillis(), sum.gapAtSeconds()));
    if (sum.resent() > 0)
      figure(name + ": sent again", sum.resent() + " (kept connection ended before any answer)");
    sum.failures().forEach(failure -> note(name + ": " + failure));
    return sum;
  }

  private static String millis(Tally.Summary sum) {
    return String.format(
        Locale.ROOT,
        "p50 %.1f, p99 %.1f, worst %.1f",
        sum.p50Millis(),
        sum.p99Millis(),
        sum.worstMillis());
  }

  /** Requests without a right answer in time. */
  public static long missing(Tally.Summary sum) {
    return sum.sent() - sum.answered();
  }

  /** Lets the load run for a while. */
  public void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) LockSupport.parkNanos(end - System.nanoTime());
  }

  // ---- the notebook ----

  /** Something that had to hold. */
  public void check(String name, String wanted, Object measured, boolean holds) {
    checks.add(new Outcome.Check(name, wanted, String.valueOf(measured), holds));
    note(
        (holds ? "holds: " : "DOES NOT HOLD: ")
            + name
            + ": "
            + measured
            + " (wanted: "
            + wanted
            + ")");
  }

  /** No request without its answer. */
  public void checkNoneFailed(String name, Tally.Summary sum) {
    check(
        name, "0 failed", missing(sum) + " of " + sum.sent(), missing(sum) == 0 && sum.sent() > 0);
  }

  public void figure(String name, String value) {
    figures.put(name, value);
  }

  /** Writes down what happened now. */
  public void note(String event) {
    synchronized (events) {
      events.add("%8.3f s  %s".formatted((System.nanoTime() - begun) / 1e9, event));
    }
  }

  public void impossible(String why) throws Impossible {
    throw new Impossible(why);
  }

  List<Outcome.Check> checks() {
    return checks;
  }

  Map<String, String> figures() {
    return figures;
  }

  List<String> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        note("not closed: " + e);
      }
    }
  }
}
