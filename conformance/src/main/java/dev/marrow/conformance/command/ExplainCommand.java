package dev.marrow.conformance.command;

import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.cases.Catalogue;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain ID}: what a case does and why it matters. */
@Command(name = "explain", description = "Explains one case.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class ExplainCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "ID")
  String id;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Optional<CaseInfo> found = Catalogue.find(id.toUpperCase(Locale.ROOT)).map(each -> each.info());
    if (found.isEmpty()) {
      spec.commandLine().getErr().println(id + ": no such case (see `list`)");
      return 64;
    }
    CaseInfo info = found.get();
    out.printf("%s  %s%n%n", info.id(), info.title());
    out.printf(
        "  sent      %s%n  must      %s%n  source    %s%n  level     %s, severity %s%n",
        info.sent(),
        info.must(),
        info.source(),
        info.level(),
        info.severity().name().toLowerCase(Locale.ROOT));
    out.printf(
        "  why       %s%n  fix       %s%n  needs     %s%n",
        info.why(), info.fix(), info.tier().need());
    if (!info.cves().isEmpty()) {
      out.printf("  found in  %s%n", String.join(", ", info.cves()));
    }
    out.flush();
    return 0;
  }
}
