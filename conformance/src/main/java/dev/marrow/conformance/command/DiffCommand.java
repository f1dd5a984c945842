package dev.marrow.conformance.command;

import dev.marrow.conformance.report.ReportDiff;
import dev.marrow.conformance.report.ReportReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code diff OLD NEW}: what fails or passes now and did not before. */
@Command(name = "diff", description = "Compares two reports.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class DiffCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "OLD", description = "report.json or its folder")
  Path before;

  @Parameters(index = "1", paramLabel = "NEW", description = "report.json or its folder")
  Path after;

  @Option(
      names = "--gate",
      defaultValue = "none",
      paramLabel = "must|none",
      description = "Exit 1 when a MUST fails that did not before.")
  Gate gate;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      ReportDiff diff = ReportDiff.between(ReportReader.read(before), ReportReader.read(after));
      out.printf(
          "%d newly failing, %d newly passing, %d otherwise changed%n",
          diff.newlyFailing().size(), diff.newlyPassing().size(), diff.otherwise().size());
      diff.newlyFailing()
          .forEach(r ->
              out.printf(
                  "  - FAIL %s %s: %s [%s]%n",
                  r.info().id(), r.info().title(), r.verdict().observed(), r.info().level()));
      diff.newlyPassing()
          .forEach(r ->
              out.printf("  + %s %s %s%n", r.verdict().word(), r.info().id(), r.info().title()));
      diff.otherwise().forEach(line -> out.printf("    %s%n", line));
      out.flush();
      return gate == Gate.MUST && diff.breaksMust() ? 1 : 0;
    } catch (IOException e) {
      return Conform.couldNotRun(spec, e);
    }
  }
}
