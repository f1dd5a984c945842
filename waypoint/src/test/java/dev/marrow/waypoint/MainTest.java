package dev.marrow.waypoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the program as a process, because how it ends is what is tested. */
class MainTest {
  private record Ended(int status, String output) {}

  private static Ended run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void itSaysWhatItTakes(String word) throws Exception {
    Ended ended = run(Map.of(), word);

    assertThat(ended.output()).startsWith("usage: waypoint");
    assertThat(ended.status()).isZero();
  }

  @Test
  void wordsItDoesNotKnowEndItWithItsUsage() throws Exception {
    Ended ended = run(Map.of(), "--nonsense");

    assertThat(ended.output())
        .startsWith("unknown arguments: '--nonsense'")
        .contains("usage: waypoint");
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void eachWrongSettingIsALine() throws Exception {
    Ended ended = run(Map.of());

    assertThat(ended.output().lines())
        .isNotEmpty()
        .allMatch(line -> line.contains("setting: ") && line.contains("(expected: "));
    assertThat(ended.status()).isEqualTo(2);
  }
}
