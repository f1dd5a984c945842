import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A short run from which the JVM makes an AOT cache. It happens in a network namespace of its own, so that ports are free
 * and nothing is reached; where that is not allowed, only programs that open no ports are trained. Used once.
 */
final class Training {
  private static final Duration SERVE = Duration.ofSeconds(4);
  private static final Duration LONGEST = Duration.ofSeconds(90);

  private static final Map<String, String> FILES =
      Map.of(
          "local.yaml",
          """
          workloads:
          - {uid: local//v1/Pod/default/local, name: local, namespace: default, serviceAccount: default, trustDomain: cluster.local,
             workloadIps: [{addresses}], protocol: HBONE, node: local, services: {}, authorizationPolicies: [default/allow-local]}
          policies:
          - {name: allow-local, namespace: default, scope: WorkloadSelector, action: Allow, dryRun: false,
             rules: [[[{principals: [{Exact: cluster.local/ns/default/sa/default}]}]]]}
          services: []
          """,
          "jwks.json",
          "{\"keys\":[]}",
          "token.jwt",
          "none",
          "config/objects.yaml",
          """
          {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}}
          ---
          {apiVersion: v1, kind: Node, metadata: {name: local}}
          ---
          {apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 198.19.1.1, selector: {app: web}, ports: [{port: 80}]}}
          ---
          apiVersion: v1
          kind: Pod
          metadata: {name: web, namespace: shop, uid: "1", labels: {app: web}}
          spec: {nodeName: other, serviceAccountName: web, containers: [{name: app, command: [web], ports: [{containerPort: 80}]}]}
          status: {phase: Running, podIP: 198.18.1.2, podIPs: [{ip: 198.18.1.2}], conditions: [{type: Ready, status: "True"}]}
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: Gateway
          metadata: {name: waypoint, namespace: shop}
          spec: {gatewayClassName: marrow-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
          ---
          apiVersion: security.istio.io/v1
          kind: AuthorizationPolicy
          metadata: {name: web, namespace: shop}
          spec: {action: ALLOW, rules: [{from: [{source: {namespaces: [shop]}}]}]}
          """);

  private final Path home;
  private final Program program;
  private final List<String> arguments;
  private final Path sources;

  Training(Path home, Program program, List<String> arguments, Path sources) {
    this.sources = sources;
    this.home = home;
    this.program = program;
    this.arguments = arguments;
  }

  /** Makes the cache and says whether it worked; without one the program only starts slower. */
  boolean run(Path cache) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("marrow-training");
    Path log = home.resolve(program.name() + ".training.log");
    try {
      prepare(directory);
      Process process = start(directory, cache, log);
      boolean serves = program.training().isEmpty();
      if (serves) letServe(process, directory, log);
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
      }
    }
    boolean made = Files.exists(cache) && fits(cache);
    if (!made) Files.deleteIfExists(cache);
    if (!made) System.out.println("distribution: no AOT cache for " + program.name() + " (see " + log + "); it starts slower");
    return made;
  }

  /**
   * A machine under load takes its time: what counts is the time after the first line it prints, and with traffic the end of
   * that.
   */
  private void letServe(Process process, Path directory, Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (process.isAlive() && Files.size(log) == 0 && System.nanoTime() - end < 0) {
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) return;
    }
    boolean ended = process.waitFor(SERVE.toMillis(), TimeUnit.MILLISECONDS);
    while (program.traffic() && !ended && !Files.exists(directory.resolve("driven")) && System.nanoTime() - end < 0) {
      ended = process.waitFor(100, TimeUnit.MILLISECONDS);
    }
    if (!ended) process.destroy();
  }

  /** A cache that the program's own settings rule out (a heap without room for it) would keep it from starting. */
  private boolean fits(Path cache) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("runtime/bin/java").toString(), "-XX:AOTCache=" + cache));
    command.addAll(arguments);
    command.add("-version");
    Path log = home.resolve(program.name() + ".check.log");
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor() == 0;
  }

  private static void prepare(Path directory) throws IOException {
    for (String folder : List.of("config", "status", "generated", "ca", "enrolment")) Files.createDirectory(directory.resolve(folder));
    for (Map.Entry<String, String> file : FILES.entrySet()) Files.writeString(directory.resolve(file.getKey()), file.getValue().replace("{addresses}", addresses()));
  }

  /** Many, so that there are many tunnels to train handshakes with. */
  private static String addresses() {
    Stream<String> more = IntStream.range(0, Traffic.MORE_ADDRESSES).mapToObj(n -> Traffic.address(n).getHostAddress());
    return Stream.concat(Stream.of("127.0.0.1"), more).collect(Collectors.joining(", "));
  }

  /** Traffic runs in the same namespace and leaves a file when it is done. */
  private String driver(Path directory) {
    if (!program.traffic()) return "";
    Path java = Path.of(System.getProperty("java.home"), "bin/java");
    return "(timeout 60 '%s' '%s'; : >'%s') & ".formatted(java, sources.resolve("Traffic.java"), directory.resolve("driven"));
  }

  private Process start(Path directory, Path cache, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    // Who is told an environment opens ports.
    if (!program.environment().isEmpty()) {
      command.addAll(List.of("unshare", "--net", "sh", "-c", "ip link set lo up; " + driver(directory) + "exec \"$@\"", "sh"));
    }
    command.addAll(List.of(home.resolve("runtime/bin/java").toString(), "-XX:AOTCacheOutput=" + cache));
    command.addAll(arguments);
    command.add(program.mainClass());
    command.addAll(program.training());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    program.environment().forEach((name, value) -> builder.environment().put(name, value.replace("{dir}", directory.toString())));
    return builder.start();
  }
}
