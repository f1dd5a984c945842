package dev.marrow.cli.drill.command;

import dev.marrow.cli.command.Logging;
import dev.marrow.cli.command.VersionCommand;
import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillRunner;
import dev.marrow.cli.drill.Outcome;
import dev.marrow.cli.drill.Outcome.Verdict;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.cases.Catalogue;
import dev.marrow.cli.drill.report.About;
import dev.marrow.cli.drill.report.HtmlReport;
import dev.marrow.cli.drill.report.JsonReport;
import dev.marrow.cli.drill.report.TextReport;
import dev.marrow.linux.Rlimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Does drills and reports. */
@Command(
    name = "run",
    description =
        "Does drills, each in a mesh of its own beside whatever runs. Ends with 0 if all passed, 1 if one failed, 2 if one could not be done.")
public final class RunDrills implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", arity = "0..*", description = "for example R-01")
  private List<String> ids = List.of();

  @Option(names = "--all", description = "all of them")
  private boolean all;

  @Option(names = "--long", description = "with the full durations: minutes instead of seconds")
  private boolean whole;

  @Option(names = "--brief", description = "as little as shows anything")
  private boolean brief;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "requests a second (default: 100 for each processor, 500 at most; here ${DEFAULT-VALUE})")
  private int rate = Math.min(500, 100 * Runtime.getRuntime().availableProcessors());

  @Option(
      names = "--sabotage",
      description = "leave out the very step that loses nothing, to see the drill fail")
  private boolean sabotaged;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "reports and evidence go there (default: drill-report)")
  private Path out = Path.of("drill-report");

  @Override
  public Integer call() throws IOException {
    List<Drill> chosen = chosen();
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      throw new IOException("drills work with network namespaces and have to run as root");
    }
    Logging.quiet();
    Rlimits.raiseOpenFiles();
    PrintWriter screen = spec.commandLine().getOut();
    Files.createDirectories(out);
    Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    DrillRunner runner =
        new DrillRunner(
            System.getenv().getOrDefault("MARROW_PREFIX", "drill"),
            home(),
            new Stage.Mode(length(), sabotaged, rate),
            out,
            line -> say(screen, "... " + line + "\n"));
    long start = System.nanoTime();
    List<Outcome> outcomes = new ArrayList<>();
    for (Drill drill : chosen) {
      Outcome outcome = runner.run(drill);
      outcomes.add(outcome);
      say(screen, TextReport.of(outcome));
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      say(
          screen,
          "... %d of %d done, %d:%02d min\n"
              .formatted(outcomes.size(), chosen.size(), seconds / 60, seconds % 60));
      report(
          outcomes, new About("marrow " + VersionCommand.OURS, begun.toString(), words(), whole));
    }
    say(screen, "\n" + TextReport.summary(outcomes) + "reports: " + out + "\n");
    return code(outcomes);
  }

  private List<Drill> chosen() {
    if (!(rate >= 1 && rate <= 100_000)) {
      throw new IllegalArgumentException("--rate: " + rate + " (expected: 1..100000)");
    }
    if (all == !ids.isEmpty()) {
      String named = all ? "IDs and --all" : "no drills named";
      throw new ParameterException(spec.commandLine(), named + " (expected: IDs, or --all)");
    }
    return all
        ? Catalogue.all()
        : ids.stream()
            .map(id ->
                Catalogue.find(id)
                    .orElseThrow(() ->
                        new IllegalArgumentException(
                            id + ": no such drill (see `marrow drill list`)")))
            .toList();
  }

  private Stage.Length length() {
    if (whole && brief) {
      throw new IllegalArgumentException("--long and --brief (expected: one of them)");
    }
    if (whole) return Stage.Length.WHOLE;
    return brief ? Stage.Length.BRIEF : Stage.Length.USUAL;
  }

  private static Path home() throws IOException {
    return Optional.ofNullable(System.getProperty("marrow.home"))
        .map(Path::of)
        .orElseThrow(() -> new IOException("marrow.home: not set (expected: use ./marrow)"));
  }

  private String words() {
    return "marrow drill run "
        + (all ? "--all" : String.join(" ", ids))
        + (whole ? " --long" : "")
        + (brief ? " --brief" : "")
        + " --rate "
        + rate
        + (sabotaged ? " --sabotage" : "");
  }

  private void report(List<Outcome> outcomes, About about) throws IOException {
    StringBuilder text = new StringBuilder();
    outcomes.forEach(outcome -> text.append(TextReport.of(outcome)).append('\n'));
    Files.writeString(out.resolve("report.txt"), text + TextReport.summary(outcomes));
    Files.writeString(out.resolve("report.json"), JsonReport.of(outcomes, about));
    Files.writeString(out.resolve("report.html"), HtmlReport.of(outcomes, about));
  }

  private static void say(PrintWriter screen, String text) {
    screen.print(text);
    screen.flush();
  }

  private static int code(List<Outcome> outcomes) {
    if (outcomes.stream().anyMatch(o -> o.verdict() == Verdict.FAIL)) return 1;
    return outcomes.stream().anyMatch(o -> o.verdict() == Verdict.ERROR) ? 2 : 0;
  }
}
