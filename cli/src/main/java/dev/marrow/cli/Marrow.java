package dev.marrow.cli;

import dev.marrow.cli.command.BugReportCommand;
import dev.marrow.cli.command.CertsCommand;
import dev.marrow.cli.command.CheckCommand;
import dev.marrow.cli.command.DownCommand;
import dev.marrow.cli.command.ExecCommand;
import dev.marrow.cli.command.InstallCommand;
import dev.marrow.cli.command.LabelCommand;
import dev.marrow.cli.command.LogsCommand;
import dev.marrow.cli.command.PodsCommand;
import dev.marrow.cli.command.ProxyConfigCommand;
import dev.marrow.cli.command.RestartCommand;
import dev.marrow.cli.command.RunCommand;
import dev.marrow.cli.command.ServicesCommand;
import dev.marrow.cli.command.StatusCommand;
import dev.marrow.cli.command.SuperviseCommand;
import dev.marrow.cli.command.TapCommand;
import dev.marrow.cli.command.UninstallCommand;
import dev.marrow.cli.command.UpCommand;
import dev.marrow.cli.command.VersionCommand;
import dev.marrow.cli.command.WaypointCommand;
import dev.marrow.cli.command.WaypointsCommand;
import dev.marrow.cli.conformance.OwnNamespace;
import dev.marrow.cli.conformance.OwnProxy;
import dev.marrow.cli.drill.command.DrillCommand;
import dev.marrow.conformance.command.Conform;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of Marrow. */
@Command(
    name = "marrow",
    mixinStandardHelpOptions = true,
    version = Marrow.VERSION,
    synopsisSubcommandLabel = "COMMAND",
    description = "An ambient service mesh, on one machine or on Kubernetes.",
    footer = {
      "In the source tree ./marrow also has:",
      "  test          Runs all tests, or --kubernetes or --images: see its --help.",
      "  images        Makes the container images and their SBOMs: images [FOLDER].",
      "  fuzz          Searches inputs that break a decoder: fuzz TARGET [--minutes N]."
    },
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      PodsCommand.class,
      ServicesCommand.class,
      WaypointsCommand.class,
      CertsCommand.class,
      ProxyConfigCommand.class,
      LogsCommand.class,
      TapCommand.class,
      ExecCommand.class,
      LabelCommand.class,
      WaypointCommand.class,
      InstallCommand.class,
      UninstallCommand.class,
      CheckCommand.class,
      BugReportCommand.class,
      VersionCommand.class,
      RestartCommand.class,
      DrillCommand.class,
      RunCommand.class,
      SuperviseCommand.class
    })
public final class Marrow {
  static final String VERSION = "marrow " + VersionCommand.OURS;

  private Marrow() {}

  public static void main(String[] args) {
    Optional<Integer> elsewhere = OwnNamespace.rerun(args, home());
    System.exit(elsewhere.isPresent() ? elsewhere.get() : commandLine().execute(args));
  }

  private static String home() {
    return System.getProperty("marrow.home", ".");
  }

  /** The command line with its way to say what went wrong. */
  public static CommandLine commandLine() {
    return helpful(new CommandLine(new Marrow()))
        .addSubcommand(Conform.create(Optional.of(new OwnProxy(home()))))
        .setParameterExceptionHandler((wrong, args) -> misused(wrong))
        .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line))
        .setUnmatchedOptionsArePositionalParams(false);
  }

  /** Lets every command be asked for its help. */
  private static CommandLine helpful(CommandLine line) {
    line.getSubcommands().values().forEach(Marrow::helpful);
    if (line.getCommandSpec().findOption("--help") == null) {
      line.addMixin("help", new HelpOption());
    }
    return line;
  }

  private static final class HelpOption {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Says what this command takes.")
    private boolean asked;
  }

  /** The whole help would push what is wrong off the screen. */
  private static int misused(ParameterException wrong) {
    CommandLine line = wrong.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    line.getErr().println(name + ": " + wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, line.getErr());
    line.getErr().println("See `" + name + " --help`.");
    line.getErr().flush();
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int explain(Exception failure, CommandLine line) throws Exception {
    if (failure instanceof IOException || failure instanceof IllegalArgumentException) {
      line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
      line.getErr().flush();
      return 1;
    }
    throw failure;
  }
}
