package dev.marrow.cli.drill.command;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.cases.Catalogue;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows all drills. */
@Command(name = "list", description = "Lists the drills: what each breaks and what must hold.")
public final class ListDrills implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (Drill drill : Catalogue.all()) {
      out.printf(
          "%s  %s%n      fault: %s%n      pass:  %s%n",
          drill.id(), drill.title(), drill.fault(), drill.pass());
    }
    out.flush();
    return 0;
  }
}
