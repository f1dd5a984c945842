import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  private final Path home;
  private final Path jdk = Path.of(System.getProperty("java.home"));

  /** Where this file and its neighbours are. */
  private final Path sources;

  private Distribution(Path home, Path sources) {
    this.home = home;
    this.sources = sources;
  }

  public static void main(String[] args) throws Exception {
    Distribution distribution = new Distribution(Path.of(args[0]).toAbsolutePath(), Path.of(args[2]).toAbsolutePath().getParent());
    // The class path names our own classes as a folder, which no cache accepts: our jar stands for it.
    Stream<Path> libraries = Stream.of(args[1].split(File.pathSeparator)).map(Path::of).filter(path -> !Files.isDirectory(path));
    List<Path> lib = distribution.library(Stream.concat(Stream.of(Path.of(args[4])), libraries).toList());
    distribution.natives(lib);
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
      Unsigned.copy(jar, target);
      placed.add(target);
    }
    try (Stream<Path> old = Files.list(lib)) {
      for (Path file : old.filter(file -> !placed.contains(file)).toList()) Files.delete(file);
    }
    return placed;
  }

  /**
   * Netty's native libraries as files: else each process unpacks its own at each start, which needs a folder to write to and
   * makes what all share the memory of each.
   */
  private void natives(List<Path> jars) throws IOException {
    Path folder = Files.createDirectories(home.resolve("native"));
    for (Path jar : jars) {
      if (!jar.getFileName().toString().startsWith("netty-")) continue;
      try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
        for (var entry : zip.stream().filter(entry -> entry.getName().matches("META-INF/native/.*\\.so")).toList()) {
          Path next = folder.resolve(".next");
          try (var bytes = zip.getInputStream(entry)) {
            Files.copy(bytes, next, StandardCopyOption.REPLACE_EXISTING);
          }
          // Programs that run have mapped the old one.
          Files.move(next, folder.resolve(Path.of(entry.getName()).getFileName()), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }

  // ---- runtime ----

  private void runtime() throws Exception {
    Path runtime = home.resolve("runtime");
    String wanted = Files.readString(jdk.resolve("release")) + MODULES + "own providers";
    Path made = home.resolve("runtime.made");
    if (Files.exists(made) && Files.readString(made).equals(wanted) && Files.exists(runtime.resolve("bin/java"))) return;
    System.out.println("distribution: linking the Java runtime");
    deleteTree(runtime);
    List<String> command =
        List.of(jdk.resolve("bin/jlink").toString(), "--add-modules", MODULES, "--strip-debug", "--no-header-files",
            "--no-man-pages", "--output", runtime.toString());
    Process jlink = new ProcessBuilder(command).inheritIO().start();
    if (jlink.waitFor() != 0) throw new IOException("jlink failed, see above: " + String.join(" ", command));
    ownProvidersOnly(runtime.resolve("conf/security/java.security"));
    // Shared class data for the programs without an AOT cache.
    new ProcessBuilder(runtime.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xshare:dump")
        .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    Files.writeString(made, wanted);
  }

  /**
   * The JDK asks every provider on this list for algorithms that none has, and looks on the class path for those that are not
   * built in: hundreds of classes at each start. Our programs need the ones of java.base only.
   */
  private static void ownProvidersOnly(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("security.provider.")) lines.add(line);
    }
    List<String> providers = List.of("SUN", "SunRsaSign", "SunEC", "SunJSSE", "SunJCE");
    for (int i = 0; i < providers.size(); i++) lines.add("security.provider." + (i + 1) + "=" + providers.get(i));
    Files.write(file, lines);
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
    for (Program program : Program.ALL) {
      if (!hasMain(program, lib)) {
        Files.deleteIfExists(home.resolve(program.name() + ".argfile"));
        Files.deleteIfExists(home.resolve(program.name() + ".main"));
        Files.deleteIfExists(home.resolve(program.name() + ".options"));
        continue;
      }
      Path cache = home.resolve(program.name() + ".aot");
      Path trained = home.resolve(program.name() + ".trained");
      String wanted = state + program;
      boolean fresh = Files.exists(cache) && Files.exists(trained) && Files.readString(trained).equals(wanted);
      if (!fresh) Files.deleteIfExists(cache);
      writeArguments(program, lib, fresh);
      if (!fresh && aot) {
        trainings.add(
            () -> {
              if (new Training(home, program, arguments(program, lib), sources).run(cache)) {
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
    List<String> arguments = new ArrayList<>(Program.SMALL);
    arguments.addAll(program.memory());
    arguments.add("-Dmarrow.home=" + home);
    arguments.add("-Djava.library.path=" + home.resolve("native"));
    arguments.add("-cp");
    arguments.add(String.join(File.pathSeparator, lib.stream().filter(jar -> belongs(program, jar)).map(Path::toString).toList()));
    return arguments;
  }

  /** Helm is as large as all the rest, and only the command line installs. */
  private static boolean installs(Path jar) {
    return jar.getFileName().toString().matches("(helm-java|lib-api|jna-|linux-(amd|arm)64-).*");
  }

  private static boolean belongs(Program program, Path jar) {
    return program.uses(jar.getFileName().toString()) && (program.name().equals("marrow") || !installs(jar));
  }

  private void writeArguments(Program program, List<Path> lib, boolean cached) throws IOException {
    List<String> arguments = arguments(program, lib);
    if (cached) {
      arguments.addFirst("-XX:AOTCache=" + home.resolve(program.name() + ".aot"));
      // A cache that does not fit (another processor, another jar) is only slower, so it is not worth a line.
      arguments.addFirst("-Xlog:aot=off,cds=off");
    }
    StringBuilder text = new StringBuilder();
    for (String argument : arguments) text.append('"').append(argument.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"\n");
    // Apart, so that somebody's own options fit in between; together for who needs one file.
    replace(program.name() + ".options", text.toString());
    replace(program.name() + ".main", program.mainClass() + "\n");
    replace(program.name() + ".argfile", text + program.mainClass() + "\n");
  }

  private void replace(String name, String text) throws IOException {
    Path next = Files.writeString(home.resolve(name + ".next"), text);
    Files.move(next, home.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
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
