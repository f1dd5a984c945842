package dev.marrow.conformance.command;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The kit's command line; also a subcommand of its host's. */
@Command(
    name = "conformance",
    description = "The mTLS and HBONE conformance kit.",
    mixinStandardHelpOptions = true,
    version = Conform.VERSION,
    synopsisSubcommandLabel = "COMMAND")
public final class Conform implements Runnable {
  public static final String VERSION = "0.1.0";

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  private Conform() {}

  /** The command with its subcommands; {@code self} starts a target for {@code --self}. */
  public static CommandLine create(Optional<SelfTarget> self) {
    CommandLine line = new CommandLine(new Conform());
    line.addSubcommand(new RunCommand(self));
    line.addSubcommand(new ListCommand());
    line.addSubcommand(new ExplainCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.getSubcommands().values().forEach(each -> each.setUsageHelpAutoWidth(true));
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs as a program of its own; exit 64 for wrong usage. */
  public static void main(String[] args) {
    CommandLine line = create(Optional.empty());
    line.setParameterExceptionHandler((e, words) -> {
      e.getCommandLine().getErr().println(e.getMessage());
      e.getCommandLine().usage(e.getCommandLine().getErr());
      return 64;
    });
    System.exit(line.execute(args));
  }
}
