package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** curl as a client, by both versions of HTTP. */
@Timeout(60)
class CurlTest {
  private static final Path CURL = Path.of("/usr/bin/curl");

  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");

  private static String curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(CURL.toString(), "-sS", "--max-time", "20"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge", "--http1.0"})
  void getsHeadsAndUploadsPass(String version) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(CURL));
    Path file = Files.writeString(folder.resolve("upload"), "line\n".repeat(300_000));
    try (PlainWaypoint waypoint = PlainWaypoint.of(folder, PlainWaypoint.port("HTTP1", ""), app)) {
      String uri = waypoint.uri("/a%20b?c=d").toString();

      assertThat(curl(version, uri)).isEqualTo("app");
      assertThat(curl(version, "-I", uri)).contains(" 200");
      assertThat(curl(version, "-T", file.toString(), "-H", "Expect: 100-continue", uri))
          .isEqualTo("app");
      if (version.equals("--http1.1")) {
        assertThat(curl(version, "-T", file.toString(), "-H", "Transfer-Encoding: chunked", uri))
            .isEqualTo("app");
      }
      assertThat(app.seen.getLast().body()).isEqualTo(Files.readString(file));
      assertThat(app.seen.getFirst().path()).isEqualTo("/a%20b?c=d");
    }
  }
}
