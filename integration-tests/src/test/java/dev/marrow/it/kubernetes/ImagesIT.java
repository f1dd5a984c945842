package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The images in a container engine, as `./marrow images` makes them. Skipped where none runs. */
class ImagesIT {
  private static final Path IMAGES =
      Path.of(System.getProperty("marrow.home", ".."), "cli", "target", "images");
  private static final String HUB = "localhost/marrow/";

  private record Run(int code, String said) {}

  @BeforeAll
  static void load() throws Exception {
    Path archive = IMAGES.resolve("marrow-images.tar");
    assumeTrue(Files.exists(archive), archive + " is not there: ./marrow images makes it");
    assumeTrue(engine(), "no container engine runs here (docker version)");
    assertThat(docker("load", "-i", archive.toString()).code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"control-plane, 1337:1337", "waypoint, 1337:1337", "node-agent, 0:0"})
  void anImageRunsAsWhoItShould(String program, String user) throws Exception {
    Run run = docker("inspect", "--format", "{{.Config.User}}", image(program));

    assertThat(run.said().strip()).isEqualTo(user);
  }

  /** Without settings each names those that are missing and ends; so it got as far as that. */
  @ParameterizedTest
  @ValueSource(strings = {"control-plane", "waypoint", "ztunnel", "node-agent"})
  void aProgramStartsOnAReadOnlyRootWithoutCapabilities(String program) throws Exception {
    Run run =
        docker(
            "run",
            "--rm",
            "--read-only",
            "--cap-drop=ALL",
            "--tmpfs=/tmp",
            "--network=none",
            "--stop-timeout=5",
            image(program),
            "--help");

    assertThat(run.code()).as(run.said()).isIn(0, 1, 2);
    assertThat(run.said()).doesNotContain("Permission denied", "Read-only file system");
  }

  @Test
  void besideTheArchiveIsOneBillOfMaterialsPerImage() {
    for (String program : List.of("control-plane", "waypoint", "ztunnel", "node-agent")) {
      assertThat(IMAGES.resolve(program + ".sbom.json")).isNotEmptyFile();
    }
  }

  private static boolean engine() {
    try {
      return docker("version", "--format", "{{.Server.Version}}").code() == 0;
    } catch (IOException | InterruptedException none) {
      return false;
    }
  }

  private static String image(String program) {
    String version = System.getProperty("marrow.version", "0.1.0");
    return HUB + program + ":" + version;
  }

  private static Run docker(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
    return new Run(process.exitValue(), said);
  }
}
