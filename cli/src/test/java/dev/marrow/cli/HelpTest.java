package dev.marrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
  @Test
  void everyCommandSaysWhatItTakes() {
    for (String command : commands(Marrow.commandLine(), "")) {
      var out = new StringWriter();
      CommandLine line = Marrow.commandLine().setOut(new PrintWriter(out));

      assertThat(line.execute((command + " --help").strip().split(" "))).as(command).isZero();

      assertThat(out.toString()).startsWith("Usage: marrow" + command);
    }
  }

  private static List<String> commands(CommandLine line, String name) {
    List<String> all = new ArrayList<>(List.of(name));
    line.getSubcommands().forEach((sub, nested) -> all.addAll(commands(nested, name + " " + sub)));
    return all;
  }
}
