package dev.marrow.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of Marrow. */
@Command(
    name = "marrow",
    mixinStandardHelpOptions = true,
    version = "marrow 0.1.0",
    description = "An ambient service mesh.")
public final class Marrow {
  private Marrow() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Marrow()).execute(args));
  }
}
