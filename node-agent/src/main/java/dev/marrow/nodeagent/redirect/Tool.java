package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Command;
import dev.marrow.linux.Netns;
import java.io.IOException;
import java.util.Arrays;

/** Runs a program that changes the network, and makes its complaint an exception. */
final class Tool {
  private Tool() {}

  static String in(Netns netns, Command command) throws IOException {
    return output(command, command.runIn(netns));
  }

  static String here(Command command) throws IOException {
    return output(command, command.run());
  }

  private static String output(Command command, Command.Result result) throws IOException {
    if (!result.succeeded()) {
      throw new IOException(
          "%s: status %d: %s"
              .formatted(
                  String.join(" ", command.arguments()), result.status(), result.errors().strip()));
    }
    return result.output();
  }

  /** Runs an {@code ip -force -batch}; what is there or gone already is no failure. */
  static void batch(Netns netns, Command command, String tolerated) throws IOException {
    Command.Result result = command.runIn(netns);
    boolean failed =
        result
            .errors()
            .lines()
            .filter(line -> !line.startsWith("Command failed"))
            .anyMatch(line -> Arrays.stream(tolerated.split("\\|")).noneMatch(line::contains));
    if (failed) {
      output(command, result);
    }
  }
}
