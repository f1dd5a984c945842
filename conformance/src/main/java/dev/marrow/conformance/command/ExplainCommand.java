package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Terms;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.cases.Catalogue;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain ID}: what a case does, why it matters, and what it needs. */
@Command(name = "explain", description = "Explains one case.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class ExplainCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "ID", description = "The case, for example SVID-03.")
  String id;

  @Override
  public Integer call() {
    Optional<CaseInfo> found =
        Catalogue.all().stream()
            .map(Case::info)
            .filter(info -> info.id().equalsIgnoreCase(id))
            .findFirst();
    if (found.isEmpty()) {
      spec.commandLine().getErr().println(unknown());
      return 64;
    }
    PrintWriter out = spec.commandLine().getOut();
    explain(found.get(), out);
    out.flush();
    return 0;
  }

  private String unknown() {
    String wanted = id.toUpperCase(Locale.ROOT);
    List<String> near =
        Catalogue.all().stream().map(Case::id).filter(each -> each.startsWith(wanted)).toList();
    return near.isEmpty()
        ? id + ": no such case (see `list`)"
        : id + ": no such case (expected: one of " + String.join(", ", near) + ")";
  }

  private static void explain(CaseInfo info, PrintWriter out) {
    out.printf("%s  %s%n%n", info.id(), info.title());
    line(out, "group", info.group().letter() + ", " + info.group().title());
    line(out, "sent", info.sent());
    line(out, "must", info.must());
    line(out, "source", info.source());
    line(out, "level", info.level() + ", severity " + lower(info.severity()));
    line(out, "why", info.why());
    line(out, "fix", info.fix());
    line(
        out,
        "profiles",
        info.profiles().stream()
            .sorted()
            .map(ExplainCommand::lower)
            .collect(Collectors.joining(", ")));
    line(out, "needs", needs(info));
    line(out, "time", "at most %d s".formatted(info.terms().limit().toSeconds()));
    if (!info.cves().isEmpty()) {
      line(out, "found in", String.join(", ", info.cves()));
    }
  }

  private static String needs(CaseInfo info) {
    Terms terms = info.terms();
    Tier credentials = terms.tier() == Tier.CONTROL ? Tier.AUTHORITY : terms.tier();
    StringBuilder out = new StringBuilder(credentials.need());
    if (terms.deep()) {
      out.append(", which may sign other authorities");
    }
    if (!terms.hooks().isEmpty()) {
      out.append("; in the target file (--target) the hooks ")
          .append(String.join(", ", terms.hooks().stream().sorted().toList()));
    }
    if (terms.flood()) {
      out.append("; --allow-dos");
    }
    return out.toString();
  }

  private static void line(PrintWriter out, String name, String text) {
    if (!text.isEmpty()) {
      out.printf("  %-9s %s%n", name, text);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
