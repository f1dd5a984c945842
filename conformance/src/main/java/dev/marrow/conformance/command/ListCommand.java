package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.cases.Catalogue;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code list}: the catalogue, or the part of it that {@code run} would take. */
@Command(
    name = "list",
    description = "Lists all cases, or those that match.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init")
final class ListCommand implements Callable<Integer> {
  /** How to print. */
  enum Output {
    TEXT,
    JSON
  }

  @Spec CommandSpec spec;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Only cases of this profile: hbone, mtls, tls or waypoint.")
  Optional<String> profile;

  @Mixin CaseOptions choice;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      paramLabel = "text|json",
      description = "A table, or all that is known of each case.")
  Output output;

  @Override
  public Integer call() {
    try {
      Selection selection = choice.selection();
      List<Case> cases =
          profile.isPresent()
              ? selection.cases(TargetFile.profile(profile.get()))
              : selection.cases();
      PrintWriter out = spec.commandLine().getOut();
      switch (output) {
        case TEXT -> table(cases, out);
        case JSON ->
            out.println(
                JsonMapper.shared()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(cases.stream().map(c -> fields(c.info())).toList()));
      }
      out.flush();
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      return Conform.couldNotRun(spec, e);
    }
  }

  private static void table(List<Case> cases, PrintWriter out) {
    out.printf("%-8s %-10s %-9s %-10s %s%n", "CASE", "LEVEL", "SEVERITY", "NEEDS", "CLAIM");
    for (Case each : cases) {
      out.printf(
          "%-8s %-10s %-9s %-10s %s%s%n",
          each.id(),
          each.info().level(),
          lower(each.info().severity()),
          lower(each.info().tier()),
          each.info().title(),
          each.info().flood() ? " (flood)" : "");
    }
    int all = Catalogue.all().size();
    out.println(cases.size() == all ? all + " cases" : cases.size() + " of " + all + " cases");
  }

  private static Map<String, Object> fields(CaseInfo info) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("id", info.id());
    out.put("group", info.group().name());
    out.put("title", info.title());
    out.put("level", info.level().name());
    out.put("severity", lower(info.severity()));
    out.put("source", info.source());
    out.put("cves", info.cves());
    out.put("profiles", info.profiles().stream().sorted().map(ListCommand::lower).toList());
    out.put("tier", lower(info.tier()));
    out.put("hooks", info.terms().hooks().stream().sorted().toList());
    out.put("quick", info.quick());
    out.put("flood", info.flood());
    out.put("seconds", info.terms().limit().toSeconds());
    return out;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
