package dev.marrow.conformance.command;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The kit's command line; also a subcommand of its host's. */
@Command(
    name = "conformance",
    description = "The mTLS and HBONE conformance kit.",
    mixinStandardHelpOptions = true,
    version = Conform.VERSION,
    synopsisSubcommandLabel = "COMMAND")
public final class Conform implements Runnable {
  public static final String VERSION = "0.1.0";

  private static final int USAGE = 64;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  private Conform() {}

  /** The command with its subcommands; {@code self} starts a target for {@code --self}. */
  public static CommandLine create(Optional<SelfTarget> self) {
    CommandLine line = new CommandLine(new Conform());
    line.addSubcommand(new RunCommand(self));
    line.addSubcommand(new ListCommand());
    line.addSubcommand(new ExplainCommand());
    line.addSubcommand(new ReplayCommand());
    line.addSubcommand(new DiffCommand());
    line.addSubcommand(new MatrixCommand());
    line.addSubcommand(new ServeCommand());
    line.addSubcommand(new DoctorCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.getCommandSpec().exitCodeOnInvalidInput(USAGE);
    line.getSubcommands()
        .values()
        .forEach(each -> {
          each.setUsageHelpAutoWidth(true);
          each.getCommandSpec().exitCodeOnInvalidInput(USAGE);
        });
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Says why a command could not do its work; exit 2. */
  static int couldNotRun(CommandSpec spec, Exception why) {
    spec.commandLine().getErr().println("could not run: " + why.getMessage());
    spec.commandLine().getErr().flush();
    return 2;
  }

  /** Runs as a program of its own; exit 64 for wrong usage. */
  public static void main(String[] args) {
    System.exit(create(Optional.empty()).execute(args));
  }
}
