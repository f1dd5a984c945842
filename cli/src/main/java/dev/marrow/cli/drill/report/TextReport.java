package dev.marrow.cli.drill.report;

import dev.marrow.cli.drill.Outcome;
import java.util.List;
import java.util.Locale;

/** A report to read in a terminal. Pure. */
public final class TextReport {
  private TextReport() {}

  /** One drill with all that was measured. */
  public static String of(Outcome outcome) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%-5s %s  %s (%.1f s)",
        outcome.verdict(),
        outcome.drill().id(),
        outcome.drill().title(),
        outcome.seconds());
    line(text, "      fault: %s", outcome.drill().fault());
    line(text, "      pass:  %s", outcome.drill().pass());
    if (!outcome.trouble().isEmpty()) line(text, "      !! %s", outcome.trouble());
    for (Outcome.Check check : outcome.checks()) {
      line(
          text,
          "      %s %s: %s (wanted: %s)",
          check.holds() ? "ok  " : "FAIL",
          check.name(),
          check.measured(),
          check.wanted());
    }
    outcome.figures().forEach((name, value) -> line(text, "           %s: %s", name, value));
    return text.toString();
  }

  /** The last lines: how many of which verdict. */
  public static String summary(List<Outcome> outcomes) {
    StringBuilder text = new StringBuilder();
    for (Outcome.Verdict verdict : Outcome.Verdict.values()) {
      List<String> ids =
          outcomes.stream().filter(o -> o.verdict() == verdict).map(o -> o.drill().id()).toList();
      if (!ids.isEmpty()) {
        line(text, "%-5s %d: %s", verdict, ids.size(), String.join(" ", ids));
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
