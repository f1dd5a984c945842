package dev.marrow.cli.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Stands in the help for what the launcher does itself: it becomes the program, so that the process
 * id is the program's.
 */
@Command(
    name = "run",
    description =
        "Runs one program in the foreground: ztunnel, waypoint, control-plane or node-agent. Its environment tells it what to do.")
public final class RunCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "PROGRAM",
      description = "the program; --help behind it says what it takes")
  private String program = "";

  @Override
  public Integer call() throws IOException {
    throw new IOException(
        program + ": is started by the launcher (use ./marrow run " + program + ")");
  }
}
