package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** h2spec against the HTTP listener, plain and inside a tunnel. */
@Timeout(120)
class H2SpecTest {
  private static final String ALL = "145 tests, 145 passed, 0 skipped, 0 failed";
  private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

  @TempDir Path folder;

  private String h2spec(int port) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"));
    Path archive = folder.resolve("h2spec.tar.gz");
    try (InputStream in = H2SpecTest.class.getResourceAsStream(PROGRAM)) {
      Files.copy(in, archive);
    }
    run("tar", "-xzf", archive.toString(), "-C", folder.toString());
    return run(folder.resolve("h2spec").toString(), "-h", "127.0.0.1", "-p", "" + port, "-o", "3");
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void theListenerPassesAllCases() throws Exception {
    String rules =
        PlainWaypoint.port(
            "HTTP2",
            "\"filters\": [ { \"directResponse\": { \"status\": 200, \"body\": \"hello, h2spec\" } } ]");
    try (PlainWaypoint waypoint = PlainWaypoint.of(folder, rules, Apps.saying("unused"))) {
      assertThat(h2spec(waypoint.port("reviews"))).contains(ALL);
    }
  }

  @Test
  void theListenerInsideATunnelPassesThemToo() throws Exception {
    String rules =
        PlainWaypoint.port(
            "HTTP2",
            "\"filters\": [ { \"directResponse\": { \"status\": 200, \"body\": \"hello, h2spec\" } } ]");
    try (TestMesh mesh = new TestMesh(folder, rules, Apps.saying("unused"))) {
      assertThat(h2spec(mesh.port())).contains(ALL);
    }
  }
}
