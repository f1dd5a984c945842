package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.cases.Catalogue;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code list}: the catalogue, a line per case. */
@Command(name = "list", description = "Lists all cases.", mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class ListCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-8s %-10s %-9s %-10s %s%n", "CASE", "LEVEL", "SEVERITY", "NEEDS", "CLAIM");
    for (Case each : Catalogue.all()) {
      out.printf(
          "%-8s %-10s %-9s %-10s %s%s%n",
          each.id(),
          each.info().level(),
          lower(each.info().severity()),
          lower(each.info().tier()),
          each.info().title(),
          each.info().flood() ? " (flood)" : "");
    }
    out.printf("%d cases%n", Catalogue.all().size());
    out.flush();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
