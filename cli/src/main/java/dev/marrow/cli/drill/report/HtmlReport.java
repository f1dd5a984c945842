package dev.marrow.cli.drill.report;

import dev.marrow.cli.drill.Outcome;
import java.util.List;
import java.util.Locale;

/** One page that needs nothing but itself. Pure. */
public final class HtmlReport {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Fault drills</title>
      <style>
      :root { color-scheme: light dark; --pass: #1a7f37; --fail: #cf222e; --skip: #9a6700; --line: #8884; }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
      .PASS, .yes { color: var(--pass); } .FAIL, .ERROR, .no { color: var(--fail); } .SKIP { color: var(--skip); }
      .verdict { font-weight: 600; } summary { cursor: pointer; margin: .6rem 0; } pre { overflow-x: auto; font-size: 12px; padding: .6rem; border: 1px solid var(--line); }
      details > p { margin: .2rem 0; }
      </style></head><body>
      """;

  private HtmlReport() {}

  public static String of(List<Outcome> outcomes, About about) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("<h1>Fault drills</h1>\n<p>")
        .append(escaped("%s, %s: %s".formatted(about.tool(), about.begun(), about.command())))
        .append(about.whole() ? "" : " (short durations)")
        .append("</p>\n<p>");
    page.append(escaped(TextReport.summary(outcomes).strip()).replace("\n", "<br>"))
        .append("</p>\n");
    for (Outcome outcome : outcomes) drill(page, outcome);
    return page.append("</body></html>\n").toString();
  }

  private static void drill(StringBuilder page, Outcome outcome) {
    boolean good = outcome.verdict() == Outcome.Verdict.PASS;
    page.append(good ? "<details>" : "<details open>");
    page.append(
        "<summary><span class=\"verdict %1$s\">%1$s</span> <b>%2$s</b> %3$s (%4$s s)</summary>\n"
            .formatted(
                outcome.verdict(),
                outcome.drill().id(),
                escaped(outcome.drill().title()),
                String.format(Locale.ROOT, "%.1f", outcome.seconds())));
    page.append("<p><b>Fault:</b> ").append(escaped(outcome.drill().fault())).append("</p>\n");
    page.append("<p><b>Pass:</b> ").append(escaped(outcome.drill().pass())).append("</p>\n");
    if (!outcome.trouble().isEmpty()) {
      page.append("<p class=\"no\">").append(escaped(outcome.trouble())).append("</p>\n");
    }
    page.append("<table><tr><th></th><th>what</th><th>measured</th><th>wanted</th></tr>\n");
    for (Outcome.Check check : outcome.checks()) {
      row(page, check.holds() ? "yes" : "no", check.name(), check.measured(), check.wanted());
    }
    outcome.figures().forEach((name, value) -> row(page, "", name, value, ""));
    page.append("</table>\n<details><summary>What happened when</summary><pre>");
    outcome.events().forEach(event -> page.append(escaped(event)).append('\n'));
    page.append("</pre></details></details>\n");
  }

  private static void row(
      StringBuilder page, String mark, String name, String measured, String wanted) {
    page.append(
        "<tr><td class=\"%1$s\">%1$s</td><td>%2$s</td><td>%3$s</td><td>%4$s</td></tr>\n"
            .formatted(mark, escaped(name), escaped(measured), escaped(wanted)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
