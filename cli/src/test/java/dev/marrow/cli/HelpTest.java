package dev.marrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HelpTest {
  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h"})
  void everyCommandSaysWhatItTakes(String word) {
    for (String command : commands(Marrow.commandLine(), "")) {
      var out = new StringWriter();
      CommandLine line = Marrow.commandLine().setOut(new PrintWriter(out));

      assertThat(line.execute((command + " " + word).strip().split(" "))).as(command).isZero();

      assertThat(out.toString()).startsWith("Usage: marrow" + command);
    }
  }

  @Test
  void aWrongWordIsAnsweredWithWhereHelpIs() {
    for (String command : commands(Marrow.commandLine(), "")) {
      var err = new StringWriter();
      CommandLine line = Marrow.commandLine().setErr(new PrintWriter(err));

      assertThat(line.execute((command + " --nonsense").strip().split(" "))).isNotZero();

      assertThat(err.toString())
          .startsWith("marrow" + command + ": ")
          .endsWith("See `marrow" + command + " --help`.\n")
          .doesNotContain("Usage:");
    }
  }

  @Test
  void everyParameterIsDescribed() {
    for (String command : commands(Marrow.commandLine(), "")) {
      CommandLine line = Marrow.commandLine();
      for (String word : command.strip().split(" ")) {
        line = line.getSubcommands().getOrDefault(word, line);
      }

      assertThat(line.getCommandSpec().args())
          .as(command)
          .allMatch(it -> it.hidden() || it.description().length > 0, "described");
    }
  }

  @Test
  void drillsThatNobodyNamedAreAskedFor() {
    var err = new StringWriter();
    CommandLine line = Marrow.commandLine().setErr(new PrintWriter(err));

    assertThat(line.execute("drill", "run")).isEqualTo(2);

    assertThat(err.toString())
        .isEqualTo(
            "marrow drill run: no drills named (expected: IDs, or --all)\n"
                + "See `marrow drill run --help`.\n");
  }

  private static List<String> commands(CommandLine line, String name) {
    List<String> all = new ArrayList<>(List.of(name));
    line.getSubcommands().forEach((sub, nested) -> all.addAll(commands(nested, name + " " + sub)));
    return all;
  }
}
