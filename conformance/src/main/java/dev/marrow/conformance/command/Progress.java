package dev.marrow.conformance.command;

import dev.marrow.conformance.Result;
import dev.marrow.conformance.report.TextReport;
import java.io.PrintWriter;

/** Shows a line for each case as it ends. Used by one thread. */
final class Progress {
  private final PrintWriter console;
  private final TextReport text;
  private final int all;
  private int done;

  Progress(PrintWriter console, TextReport text, int all) {
    this.console = console;
    this.text = text;
    this.all = all;
  }

  void show(Result result) {
    console.printf("[%3d/%d] %s%n", ++done, all, text.line(result));
    console.flush();
  }
}
