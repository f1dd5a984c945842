package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.report.TextReport;
import java.io.PrintWriter;
import java.util.List;

/**
 * Shows a line for each case as it ends. What the profile leaves out is not shown, and not counted.
 * Used by one thread.
 */
final class Progress {
  private final PrintWriter console;
  private final TextReport text;
  private final Profile profile;
  private final long all;
  private int done;

  Progress(PrintWriter console, TextReport text, Profile profile, List<Case> cases) {
    this.console = console;
    this.text = text;
    this.profile = profile;
    this.all = cases.stream().filter(each -> each.info().profiles().contains(profile)).count();
  }

  void show(Result result) {
    if (result.info().profiles().contains(profile)) {
      console.printf("[%3d/%d] %s%n", ++done, all, text.line(result));
      console.flush();
    }
  }
}
