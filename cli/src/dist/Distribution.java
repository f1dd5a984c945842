import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Lays out what runs: {@code lib/*.jar}, a {@code runtime/} linked from this JDK, one {@code PROGRAM.argfile} each, and the
 * {@code *.aot} caches of short training runs. The build starts it from source with the JDK of the toolchain:
 * {@code java Distribution.java TARGET CLASSPATH LAUNCHER AOT JAR}. It does again only what changed: a jar with the same bytes keeps its
 * time stamp, because an AOT cache remembers those of its class path.
 */
final class Distribution {
  /** The JDK's modules our code and its libraries use; jlink adds what these need. */
  private static final String MODULES =
      "java.base,java.logging,java.management,java.naming,java.net.http,java.xml,java.desktop,java.sql,"
          + "jdk.unsupported,jdk.management,jdk.crypto.ec,jdk.jfr,jdk.jcmd,jdk.zipfs,jdk.httpserver,jdk.naming.dns,jdk.net,jdk.security.auth,java.security.jgss,jdk.charsets";

  private static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dio.netty.leakDetection.level=disabled");

  /**
   * One program: its name on the command line, its main class, its memory, and how a training run makes it load and use its
   * classes (no arguments: it is left untrained).
   */
  private record Program(
      String name, String mainClass, List<String> memory, Map<String, String> environment, List<String> training) {}

  private static final List<Program> PROGRAMS =
      List.of(
          new Program(
              "marrow",
              "dev.marrow.cli.Marrow",
              List.of("-Xms12m", "-Xmx128m", "-Xss512k", "-XX:TieredStopAtLevel=1"),
              Map.of(),
              List.of("supervise", "--train")),
          new Program(
              "shop",
              "dev.marrow.cli.shop.ShopApp",
              List.of("-Xms6m", "-Xmx24m", "-Xmn3m", "-Xss256k", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=12m"),
              Map.of(),
              List.of("--train")),
          new Program(
              "ztunnel",
              "dev.marrow.ztunnel.Main",
              List.of("-Xms16m", "-Xmx96m", "-Xmn8m", "-XX:MaxDirectMemorySize=128m", "-XX:ReservedCodeCacheSize=48m", "-Xss256k"),
              Map.of(),
              List.of()),
          new Program(
              "node-agent",
              "dev.marrow.nodeagent.Main",
              List.of("-Xms8m", "-Xmx64m", "-Xss256k", "-XX:TieredStopAtLevel=1"),
              Map.of(),
              List.of()),
          new Program(
              "control-plane",
              "dev.marrow.controlplane.Main",
              List.of("-Xms24m", "-Xmx256m", "-XX:MaxDirectMemorySize=128m", "-Xss512k"),
              Map.of(),
              List.of()),
          new Program(
              "waypoint",
              "dev.marrow.waypoint.Main",
              List.of("-Xms16m", "-Xmx160m", "-Xmn16m", "-XX:MaxDirectMemorySize=128m", "-XX:ReservedCodeCacheSize=64m", "-Xss256k"),
              Map.of(),
              List.of()));

  private final Path home;
  private final Path jdk = Path.of(System.getProperty("java.home"));

  private Distribution(Path home) {
    this.home = home;
  }

  public static void main(String[] args) throws Exception {
    Distribution distribution = new Distribution(Path.of(args[0]).toAbsolutePath());
    // The class path names our own classes as a folder, which no cache accepts: our jar stands for it.
    Stream<Path> libraries = Stream.of(args[1].split(File.pathSeparator)).map(Path::of).filter(path -> !Files.isDirectory(path));
    List<Path> lib = distribution.library(Stream.concat(Stream.of(Path.of(args[4])), libraries).toList());
    distribution.runtime();
    distribution.launcher(Path.of(args[2]));
    distribution.programs(lib, Boolean.parseBoolean(args[3]));
  }

  // ---- lib ----

  private List<Path> library(List<Path> jars) throws IOException {
    Path lib = Files.createDirectories(home.resolve("lib"));
    List<Path> placed = new ArrayList<>();
    for (Path jar : jars) {
      if (!Files.isRegularFile(jar)) throw new IOException(jar + ": not a jar (expected: run the build up to package)");
      Path target = lib.resolve(jar.getFileName());
      if (!Files.exists(target) || Files.mismatch(jar, target) >= 0) {
        Files.copy(jar, target, StandardCopyOption.REPLACE_EXISTING);
      }
      placed.add(target);
    }
    try (Stream<Path> old = Files.list(lib)) {
      for (Path file : old.filter(file -> !placed.contains(file)).toList()) Files.delete(file);
    }
    return placed;
  }

  // ---- runtime ----

  private void runtime() throws Exception {
    Path runtime = home.resolve("runtime");
    String wanted = Files.readString(jdk.resolve("release")) + MODULES;
    Path made = home.resolve("runtime.made");
    if (Files.exists(made) && Files.readString(made).equals(wanted) && Files.exists(runtime.resolve("bin/java"))) return;
    System.out.println("distribution: linking the Java runtime");
    deleteTree(runtime);
    List<String> command =
        List.of(jdk.resolve("bin/jlink").toString(), "--add-modules", MODULES, "--strip-debug", "--no-header-files",
            "--no-man-pages", "--output", runtime.toString());
    Process jlink = new ProcessBuilder(command).inheritIO().start();
    if (jlink.waitFor() != 0) throw new IOException("jlink failed, see above: " + String.join(" ", command));
    // Shared class data for the programs without an AOT cache.
    new ProcessBuilder(runtime.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xshare:dump")
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    Files.writeString(made, wanted);
  }

  private void launcher(Path source) throws IOException {
    Path target = Files.createDirectories(home.resolve("bin")).resolve("marrow");
    Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
    if (!target.toFile().setExecutable(true, false)) throw new IOException(target + ": could not be made executable");
  }

  // ---- programs ----

  private void programs(List<Path> lib, boolean aot) throws Exception {
    String state = fingerprint(lib);
    List<Callable<Void>> trainings = new ArrayList<>();
    for (Program program : PROGRAMS) {
      if (!hasMain(program, lib)) {
        Files.deleteIfExists(home.resolve(program.name() + ".argfile"));
        continue;
      }
      Path cache = home.resolve(program.name() + ".aot");
      Path trained = home.resolve(program.name() + ".trained");
      String wanted = state + program;
      boolean fresh = Files.exists(cache) && Files.exists(trained) && Files.readString(trained).equals(wanted);
      if (!fresh) Files.deleteIfExists(cache);
      writeArguments(program, lib, fresh);
      if (!fresh && aot && !program.training().isEmpty()) {
        trainings.add(
            () -> {
              if (train(program, lib, cache)) {
                Files.writeString(trained, wanted);
                writeArguments(program, lib, true);
              }
              return null;
            });
      }
    }
    runAll(trainings);
  }

  private static void runAll(List<Callable<Void>> trainings) throws Exception {
    if (trainings.isEmpty()) return;
    System.out.println("distribution: training " + trainings.size() + " programs to start fast");
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (Future<Void> done : threads.invokeAll(trainings)) done.get();
    }
  }

  private List<String> arguments(Program program, List<Path> lib) {
    List<String> arguments = new ArrayList<>(SMALL);
    arguments.addAll(program.memory());
    arguments.add("-Dmarrow.home=" + home);
    arguments.add("-cp");
    arguments.add(String.join(File.pathSeparator, lib.stream().map(Path::toString).toList()));
    return arguments;
  }

  private void writeArguments(Program program, List<Path> lib, boolean cached) throws IOException {
    List<String> arguments = arguments(program, lib);
    if (cached) {
      arguments.addFirst("-XX:AOTCache=" + home.resolve(program.name() + ".aot"));
      // A cache that does not fit (another processor, another jar) is only slower, so it is not worth a line.
      arguments.addFirst("-Xlog:aot=off,cds=off");
    }
    arguments.add(program.mainClass());
    StringBuilder text = new StringBuilder();
    for (String argument : arguments) text.append('"').append(argument.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"\n");
    Path file = home.resolve(program.name() + ".argfile");
    Path next = Files.writeString(home.resolve(program.name() + ".argfile.next"), text);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private boolean train(Program program, List<Path> lib, Path cache) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("runtime/bin/java").toString(), "-XX:AOTCacheOutput=" + cache));
    command.addAll(arguments(program, lib));
    command.add(program.mainClass());
    command.addAll(program.training());
    Path log = home.resolve(program.name() + ".training.log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(new TreeMap<>(program.environment()));
    Process process = builder.start();
    if (!process.waitFor(50, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    boolean made = process.exitValue() == 0 && Files.exists(cache);
    if (!made) {
      Files.deleteIfExists(cache);
      new PrintStream(System.out, true).println("distribution: no AOT cache for " + program.name() + " (see " + log + "); it starts slower");
    }
    return made;
  }

  private boolean hasMain(Program program, List<Path> lib) throws IOException {
    String entry = program.mainClass().replace('.', '/') + ".class";
    for (Path jar : lib) {
      if (!jar.getFileName().toString().startsWith("marrow-")) continue;
      try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
        if (zip.getEntry(entry) != null) return true;
      }
    }
    return false;
  }

  private String fingerprint(List<Path> lib) throws IOException {
    StringBuilder text = new StringBuilder(Files.readString(home.resolve("runtime.made")));
    for (Path jar : lib) text.append(jar).append(Files.getLastModifiedTime(jar)).append(Files.size(jar)).append('\n');
    return text.toString();
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) return;
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }
}
