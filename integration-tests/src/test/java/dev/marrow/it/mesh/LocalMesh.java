package dev.marrow.it.mesh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A mesh started with the command that users type. Has a name of its own, so that it stands beside
 * a mesh that somebody works with.
 */
final class LocalMesh implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path HOME =
      Path.of(System.getProperty("marrow.home", "..")).toAbsolutePath().normalize();

  private final String prefix;
  private final Path config;
  private final Map<String, String> environment;

  private LocalMesh(String prefix, Path config) {
    this.prefix = prefix;
    this.config = config;
    this.environment =
        Map.of(
            "MARROW_PREFIX",
            prefix,
            "MARROW_STATE",
            "/run/" + prefix,
            "NO_COLOR",
            "1",
            "MARROW_SAMPLES",
            HOME.resolve("samples").toString());
  }

  /** The folder with the objects that the tests' mesh is made of. */
  static Path objects() {
    return HOME.resolve("integration-tests/src/test/resources/mesh");
  }

  /** Starts a mesh with the objects of {@code resources}. */
  static LocalMesh up(String prefix, Path resources) throws IOException {
    Path config = Files.createTempDirectory("marrow-it-config");
    try (Stream<Path> files = Files.list(resources)) {
      for (Path file : files.toList()) {
        Files.copy(file, config.resolve(file.getFileName()));
      }
    }
    LocalMesh mesh = new LocalMesh(prefix, config);
    mesh.marrow("down");
    Shell.Output up =
        Shell.run(
            mesh.environment,
            Duration.ofSeconds(150),
            mesh.command("up", "--detach", "--config", config.toString()));
    if (up.status() != 0) {
      String status = mesh.marrow("status").text();
      mesh.close();
      throw new IOException("up: " + up.text() + "\nstatus: " + status);
    }
    return mesh;
  }

  /** The user's YAML. */
  Path config() {
    return config;
  }

  /** Runs {@code ./marrow ARGS}. */
  Shell.Output marrow(String... arguments) throws IOException {
    return Shell.run(environment, Duration.ofSeconds(90), command(arguments));
  }

  private List<String> command(String... arguments) {
    List<String> words =
        new ArrayList<>(List.of(HOME.resolve("cli/target/marrow/bin/marrow").toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  /** The output of a command with {@code -o json}. */
  JsonNode json(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("-o", "json"));
    String text = marrow(words.toArray(String[]::new)).text();
    return JSON.readTree(text.substring(Math.max(0, text.indexOf('{'))));
  }

  /** Runs a command inside a pod, {@code namespace/name}. */
  Shell.Output in(String pod, String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of("exec", pod, "--"));
    words.addAll(List.of(command));
    return marrow(words.toArray(String[]::new));
  }

  /** The HTTP status that curl in a pod gets; "000" when the connection failed. */
  String curl(String pod, String method, String url) throws IOException {
    Shell.Output out =
        in(
            pod,
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-m",
            "6",
            "-X",
            method,
            "-w",
            "status=%{http_code}",
            url);
    int at = out.text().lastIndexOf("status=");
    return at < 0
        ? out.text()
        : out.text().substring(at + 7, Math.min(out.text().length(), at + 10));
  }

  JsonNode pod(String namespace, String name) throws IOException {
    return StreamSupport.stream(json("pods").get("items").spliterator(), false)
        .filter(p ->
            p.get("namespace").asString().equals(namespace)
                && p.get("name").asString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IOException(namespace + "/" + name + ": no such pod"));
  }

  Path netns(String namespace, String name) throws IOException {
    return Path.of("/run/netns")
        .resolve(Path.of(pod(namespace, name).get("netns").asString()).getFileName());
  }

  String address(String namespace, String name) throws IOException {
    return pod(namespace, name).get("addresses").get(0).asString();
  }

  /** The process of one of our programs, for example {@code ztunnel/node-1}. */
  long pid(String program) throws IOException {
    return StreamSupport.stream(json("status").get("items").spliterator(), false)
        .filter(p -> p.get("name").asString().equals(program))
        .findFirst()
        .orElseThrow(() -> new IOException(program + ": no such program"))
        .get("pid")
        .asLong();
  }

  String prefix() {
    return prefix;
  }

  /** Where the mesh keeps its state. */
  Path state() {
    return Path.of("/run", prefix);
  }

  /** One of our programs, for example {@code ztunnel/node-1} or {@code control-plane}. */
  Program program(String name) {
    String node = name.substring(name.indexOf('/') + 1);
    return new Program(
        state().resolve("logs").resolve(name.replace('/', '.') + ".log"), prefix + "-" + node);
  }

  @Override
  public void close() throws IOException {
    marrow("down");
    try (Stream<Path> files = Files.list(config)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(config);
  }
}
