package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Autobahn test suite on both sides of a waypoint: its fuzzing client against its plain server,
 * and its plain client against its fuzzing server. A waypoint relays frames, so each case must end
 * as it does without one: through one waypoint (HTTP/1 on both sides), and through two with HTTP/2
 * between them (RFC 8441).
 *
 * <p>Runs with {@code -Dautobahn=PROGRAM}, the suite's {@code wstest}; {@code -Dautobahn.cases}
 * narrows the cases. With all of them it takes several minutes.
 */
@EnabledIfSystemProperty(named = "autobahn", matches = ".+")
class AutobahnTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long MINUTES = 60;

  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void serversSeeTheSameThroughAWaypoint() throws Exception {
    int server = freePort();
    start("-m", "testeeserver", "-w", "ws://127.0.0.1:" + server);
    awaitPort(server);
    Path spec = folder.resolve("client.json");
    List<Map<String, String>> servers = new ArrayList<>();
    ways(server)
        .forEach(
            (name, port) -> servers.add(Map.of("agent", name, "url", "ws://127.0.0.1:" + port)));
    Files.writeString(spec, JSON.writeValueAsString(spec(Map.of("servers", servers))));

    Process fuzzing = start("-m", "fuzzingclient", "-s", spec.toString());

    assertThat(fuzzing.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    compare();
  }

  @Test
  void clientsSeeTheSameThroughAWaypoint() throws Exception {
    int server = freePort();
    Path spec = folder.resolve("server.json");
    Files.writeString(
        spec, JSON.writeValueAsString(spec(Map.of("url", "ws://127.0.0.1:" + server))));
    start("-m", "fuzzingserver", "-s", spec.toString(), "-u", "0");
    awaitPort(server);

    for (Map.Entry<String, Integer> way : ways(server).entrySet()) {
      String uri = "ws://127.0.0.1:" + way.getValue();
      Process client = start("-m", "testeeclient", "-w", uri, "-i", way.getKey());
      assertThat(client.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    }

    compare();
  }

  /** How {@code server} is reached; "direct" is what the others are compared with. */
  private Map<String, Integer> ways(int server) throws Exception {
    int one = waypoint("one", server, "HTTP1", server);
    int last = waypoint("last", server, "HTTP1", server);
    int first = waypoint("first", last, "HTTP2", server);
    return new TreeMap<>(Map.of("direct", server, "h1-h1", one, "h1-h2-h1", first));
  }

  /** A waypoint in front of a port; the suite's servers want their own port in Host. */
  private int waypoint(String name, int backend, String protocol, int host) throws Exception {
    String rewrite =
        "\"filters\": [ { \"rewrite\": { \"hostname\": \"127.0.0.1:%d\" } } ]".formatted(host);
    PlainWaypoint waypoint =
        new PlainWaypoint(Files.createDirectories(folder.resolve(name)))
            .endpoint("reviews", new InetSocketAddress("127.0.0.1", backend))
            .rules("reviews", PlainWaypoint.port(protocol, rewrite))
            .start();
    open.add(waypoint);
    return waypoint.port("reviews");
  }

  private Map<String, Object> spec(Map<String, Object> more) {
    Map<String, Object> spec = new TreeMap<>(more);
    spec.put("outdir", folder.resolve("reports").toString());
    spec.put("cases", List.of(System.getProperty("autobahn.cases", "*").split(",")));
    spec.put("exclude-cases", List.of());
    spec.put("exclude-agent-cases", Map.of());
    return spec;
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(System.getProperty("autobahn")));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    open.add(process::destroyForcibly);
    return process;
  }

  private void compare() throws IOException {
    JsonNode agents = JSON.readTree(Files.readString(folder.resolve("reports/index.json")));
    JsonNode direct = agents.path("direct");
    assertThat(direct.size()).isPositive();
    List<String> differences = new ArrayList<>();
    for (String way : List.of("h1-h1", "h1-h2-h1")) {
      for (Map.Entry<String, JsonNode> expected : direct.properties()) {
        JsonNode seen = agents.path(way).path(expected.getKey());
        for (String field : List.of("behavior", "behaviorClose", "remoteCloseCode")) {
          if (!seen.path(field).equals(expected.getValue().path(field))) {
            differences.add(
                "%s %s %s: %s, direct %s"
                    .formatted(
                        way,
                        expected.getKey(),
                        field,
                        seen.path(field),
                        expected.getValue().path(field)));
          }
        }
      }
    }
    assertThat(differences).as("of %d cases", direct.size()).isEmpty();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) {
    PlainWaypoint.await(() -> {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        return socket.isConnected();
      } catch (IOException e) {
        return false;
      }
    });
  }
}
