package dev.marrow.conformance.command;

import dev.marrow.conformance.report.Report;
import dev.marrow.conformance.report.ReportReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code replay ID}: runs one case of a report again, with the same seed and credentials. A host
 * that runs {@code --self} elsewhere asks {@link #meant} first.
 */
@Command(
    name = "replay",
    description = "Runs one case of a report again.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
public final class ReplayCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ID", description = "The case, for example SVID-03.")
  String id;

  @Option(
      names = "--from",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The folder of the report (default: this one).")
  Path from;

  @Override
  public Integer call() {
    try {
      return spec.commandLine().getParent().execute(arguments());
    } catch (IOException e) {
      return Conform.couldNotRun(spec, e);
    }
  }

  private String[] arguments() throws IOException {
    Report report = ReportReader.read(from);
    String wanted = id.toUpperCase(Locale.ROOT);
    boolean known = report.results().stream().anyMatch(r -> r.info().id().equals(wanted));
    if (!known) {
      throw new IOException(wanted + ": not a case of the report in " + from);
    }
    return arguments(report, wanted);
  }

  /**
   * What {@code replay} and {@code words} would run; empty when they are wrong, which the command
   * itself will say.
   */
  public static Optional<List<String>> meant(List<String> words) {
    ReplayCommand command = new ReplayCommand();
    try {
      new CommandLine(command).parseArgs(words.toArray(new String[0]));
      return Optional.of(List.of(command.arguments()));
    } catch (IOException | CommandLine.ParameterException e) {
      return Optional.empty();
    }
  }

  /** The words of the report's command after {@code conformance}, and those that pick the case. */
  static String[] arguments(Report report, String id) {
    List<String> words = new ArrayList<>(CommandLineWords.split(report.command()));
    words.removeFirst();
    words.addAll(List.of("--only", id, "--allow-dos", "--seed", String.valueOf(report.seed())));
    return words.toArray(new String[0]);
  }
}
