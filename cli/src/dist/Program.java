import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One program: its name on the command line, its main class and its memory.
 *
 * @param without jars of other programs, by the start of their names: an open jar costs heap as
 *     large as its table of contents
 * @param environment of the training run; {@code {dir}} stands for its folder
 * @param training arguments of a training run that ends by itself; none for one that serves until
 *     it is told to end
 */
record Program(
    String name,
    String mainClass,
    List<String> memory,
    List<String> without,
    Map<String, String> environment,
    List<String> training) {
  /** Sorted, because what a program is, as text, says whether its cache still fits. */
  Program {
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /** What neither proxy uses of the command line's class path. */
  private static final List<String> NOT_IN_PROXIES =
      List.of(
          "marrow-cli",
          "marrow-control-plane",
          "marrow-node-agent",
          "marrow-conformance",
          "marrow-resources",
          "micrometer",
          "prometheus",
          "HdrHistogram",
          "picocli",
          "bctls",
          "netty-codec-socks",
          // Annotations that only compilers read.
          "animal-sniffer",
          "annotations-",
          "error_prone",
          "j2objc",
          "jspecify",
          "jsr305",
          "listenablefuture");

  /** What all programs have in common. */
  static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // Else the cache is moved at start, which costs 100 ms and makes all of it private
          // memory.
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          // Where two of the cache's adapters have one number the second is made anew. That costs
          // nothing, and the JVM would warn of it on standard output, where access logs are.
          "-Xlog:aot+codecache+stubs=error",
          "-Dio.netty.jfr.enabled=false",
          "-Dio.netty.leakDetection.level=disabled");

  /**
   * For programs whose first seconds count. By default the optimising compiler copies callees into
   * callers generously and compiles running loops a second time: three times the work, for which a
   * proxy that has just started competes with its own traffic, and for code that is hardly faster
   * here, where most of the time is spent in system calls.
   */
  static final List<String> LITTLE_COMPILING =
      List.of(
          "-XX:-UseOnStackReplacement",
          "-XX:MaxInlineLevel=9",
          "-XX:FreqInlineSize=80",
          "-XX:InlineSmallCode=1200");

  /** Whether {@link Traffic} takes part in the training. */
  boolean traffic() {
    return environment.containsKey("UNSTABLE_ENABLE_SOCKS5");
  }

  private static List<String> with(List<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  private static List<String> proxy(List<String> heap, String code) {
    return with(
        with(LITTLE_COMPILING, heap.toArray(String[]::new)),
        "-XX:MaxDirectMemorySize=128m",
        code,
        "-Xss256k",
        // What the compilers have used goes back to the system after a few seconds.
        "-XX:TrimNativeHeapInterval=5000",
        // The default allocator falls back to fresh, cleared memory for large buffers when two
        // loops meet.
        "-Dio.netty.allocator.type=pooled",
        "-Dio.netty.allocator.numDirectArenas=2",
        "-Dio.netty.allocator.maxOrder=8");
  }

  boolean uses(String jar) {
    return without.stream().noneMatch(jar::startsWith);
  }

  static final List<Program> ALL =
      List.of(
          new Program(
              "marrow",
              "dev.marrow.cli.Marrow",
              List.of("-Xms12m", "-Xmx128m", "-Xss512k", "-XX:TieredStopAtLevel=1"),
              List.of(),
              Map.of(),
              List.of("supervise", "--train")),
          // The command line again, with memory for the load of drills.
          new Program(
              "drill",
              "dev.marrow.cli.Marrow",
              List.of("-Xms64m", "-Xmx1g", "-Xss512k"),
              List.of(),
              Map.of(),
              List.of("supervise", "--train")),
          new Program(
              "shop",
              "dev.marrow.cli.shop.ShopApp",
              List.of(
                  "-Xms6m",
                  "-Xmx24m",
                  "-Xmn3m",
                  "-Xss256k",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:ReservedCodeCacheSize=12m"),
              List.of(),
              Map.of(),
              List.of("--train")),
          new Program(
              "ztunnel",
              "dev.marrow.ztunnel.Main",
              // A connection makes garbage, a byte that it carries does not.
              proxy(List.of("-Xms11m", "-Xmx96m", "-Xmn4m"), "-XX:ReservedCodeCacheSize=48m"),
              with(
                  NOT_IN_PROXIES,
                  "marrow-waypoint",
                  "kubernetes-",
                  "logback",
                  "nimbus",
                  "re2j",
                  "commons-",
                  "java-spiffe",
                  "gson",
                  "protobuf-java-util"),
              Map.of(
                  "PROXY_MODE", "dedicated",
                  "PROXY_WORKLOAD_INFO", "default/local/default",
                  "LOCAL_XDS_PATH", "{dir}/local.yaml",
                  "FAKE_CA", "true",
                  "INSTANCE_IP", "127.0.0.1",
                  "NODE_NAME", "local",
                  "UNSTABLE_ENABLE_SOCKS5", "true"),
              List.of()),
          new Program(
              "node-agent",
              "dev.marrow.nodeagent.Main",
              List.of("-Xms8m", "-Xmx64m", "-Xss256k", "-XX:TieredStopAtLevel=1"),
              List.of(),
              Map.of(
                  "NODE_NAME", "local",
                  "INPOD_UDS", "{dir}/ztunnel.sock",
                  "MARROW_CONFIG", "{dir}/config",
                  "MARROW_ENROLMENT_DIR", "{dir}/enrolment"),
              List.of()),
          new Program(
              "control-plane",
              "dev.marrow.controlplane.Main",
              List.of("-Xms24m", "-Xmx256m", "-XX:MaxDirectMemorySize=128m", "-Xss512k"),
              List.of(),
              Map.of(
                  "MARROW_CONFIG", "{dir}/config",
                  "MARROW_STATUS_DIR", "{dir}/status",
                  "MARROW_GENERATED_DIR", "{dir}/generated",
                  "MARROW_CA_DIR", "{dir}/ca",
                  "MARROW_ROOT_CERT_OUT", "{dir}/root-cert.pem",
                  "MARROW_TOKEN_JWKS", "{dir}/jwks.json"),
              List.of()),
          new Program(
              "waypoint",
              "dev.marrow.waypoint.Main",
              proxy(List.of("-Xms16m", "-Xmx160m", "-Xmn8m"), "-XX:ReservedCodeCacheSize=64m"),
              with(NOT_IN_PROXIES, "marrow-ztunnel"),
              Map.of(
                  "XDS_ADDRESS", "https://127.0.0.1:15012",
                  "CA_ADDRESS", "https://127.0.0.1:15012",
                  "XDS_ROOT_CA", "{dir}/root-cert.pem",
                  "AUTH_TOKEN", "{dir}/token.jwt",
                  "POD_NAME", "local",
                  "POD_NAMESPACE", "default",
                  "SERVICE_ACCOUNT", "default",
                  "INSTANCE_IP", "127.0.0.1",
                  "GATEWAY_NAME", "local",
                  "NODE_NAME", "local"),
              List.of("--train")));
}
