package dev.marrow.it.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One drill as users do it, and that it can fail. All of them: {@code ./marrow drill run --all}.
 */
class DrillIT {
  private static final Path HOME =
      Path.of(System.getProperty("marrow.home", "..")).toAbsolutePath().normalize();

  @TempDir private Path out = Path.of("");

  @BeforeEach
  void onlyRootMayDoThis() {
    boolean root = ProcessHandle.current().info().user().filter("root"::equals).isPresent();
    assumeThat(root).as("needs root: makes network namespaces").isTrue();
  }

  private int drill(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                HOME.resolve("cli/target/marrow/bin/marrow").toString(),
                "drill",
                "run",
                "R-01",
                "--brief",
                "--rate",
                "50",
                "--out",
                out.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(out.resolve("screen.txt").toFile());
    builder.environment().put("MARROW_PREFIX", "dit");
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ends").isTrue();
    assumeThat(screen()).as("a machine that carries the load").doesNotContain("too busy for");
    return process.exitValue();
  }

  private String screen() throws IOException {
    return Files.readString(out.resolve("screen.txt"));
  }

  @Test
  void aNodeProxyIsReplacedUnderLoadWithoutAFailedTunnel() throws Exception {
    int status = drill();

    assertThat(status).as(screen()).isZero();
    assertThat(out.resolve("report.html")).isNotEmptyFile();
    assertThat(out.resolve("report.json")).isNotEmptyFile();
    assertThat(out.resolve("R-01/logs/ztunnel.node-1.log")).isNotEmptyFile();
  }

  @Test
  void withoutTheDrainTheSameDrillFailsAndSaysSo() throws Exception {
    int status = drill("--sabotage");

    assertThat(status).as(screen()).isEqualTo(1);
    assertThat(screen()).contains("FAIL new tunnels");
  }
}
