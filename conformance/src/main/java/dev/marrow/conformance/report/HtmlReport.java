package dev.marrow.conformance.report;

import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.wire.Transcript;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code report.html}: one page without network access, light and dark, printable. One column per
 * target. Filters work without a server; without JavaScript everything is shown.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /** One report, or several targets side by side. */
  public static byte[] write(List<Report> reports) {
    StringBuilder out = new StringBuilder();
    String title = reports.stream().map(r -> r.target().name()).collect(Collectors.joining(", "));
    out.append(
        resource("head.html")
            .replace("{{title}}", Xml.escape(title))
            .replace("{{style}}", resource("report.css")));
    out.append("<header><h1>mTLS and HBONE conformance</h1><div class=\"cards\">");
    reports.forEach(report -> card(out, report));
    out.append("</div></header>");
    findings(out, reports);
    out.append(resource("filters.html"));
    for (Group group : Group.values()) {
      group(out, group, reports);
    }
    out.append("<script>").append(resource("report.js")).append("</script></body></html>\n");
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void card(StringBuilder out, Report report) {
    String state =
        report.claim().equals("conformant")
            ? "good"
            : report.claim().startsWith("non-conformant") ? "bad" : "open";
    out.append(
        "<section class=\"card %s\"><h2>%s <small>%s</small></h2><p class=\"claim\">%s</p><p>"
            .formatted(
                state,
                Xml.escape(report.target().name()),
                Xml.escape(report.target().version()),
                Xml.escape(report.claim())));
    report
        .counts()
        .forEach((word, count) ->
            out.append(
                "<span class=\"count %s\">%s <b>%d</b></span> ".formatted(css(word), word, count)));
    bar(out.append("</p>"), report);
    out.append(
        "<p class=\"meta\">profile %s · %s · %.1f s · seed %d · kit %s</p><p class=\"meta\"><code>%s</code></p></section>"
            .formatted(
                report.profile().name().toLowerCase(Locale.ROOT),
                report.at().truncatedTo(ChronoUnit.SECONDS).toString(),
                report.took().toMillis() / 1000.0,
                report.seed(),
                Xml.escape(report.kitVersion()),
                Xml.escape(report.command())));
  }

  /** The counts as one line in colours. */
  private static void bar(StringBuilder out, Report report) {
    out.append("<div class=\"bar\" aria-hidden=\"true\">");
    report
        .counts()
        .forEach((word, count) ->
            out.append(
                "<i class=\"%s\" style=\"flex-grow:%d\" title=\"%s %d\"></i>"
                    .formatted(css(word), count, word, count)));
    out.append("</div>");
  }

  /** What a reader came for: everything that failed, the most severe first. */
  private static void findings(StringBuilder out, List<Report> reports) {
    out.append("<section class=\"findings\"><h2>Findings</h2>");
    for (Report report : reports) {
      List<Result> failures = report.failures();
      out.append("<h3>%s</h3>".formatted(Xml.escape(report.target().name())));
      out.append(failures.isEmpty() ? "<p class=\"meta\">nothing failed</p>" : "<ul>");
      failures.forEach(r ->
          out.append(
              "<li><span class=\"pill fail\">%s</span> <a href=\"#%s\"><code>%s</code> %s</a>: %s</li>"
                  .formatted(
                      r.info().level(),
                      r.info().id(),
                      r.info().id(),
                      Xml.escape(r.info().title()),
                      Xml.escape(r.verdict().observed()))));
      out.append(failures.isEmpty() ? "" : "</ul>");
      missing(out, report);
    }
    out.append("</section>");
  }

  private static void missing(StringBuilder out, Report report) {
    Map<String, Long> why =
        report.results().stream()
            .filter(r -> r.verdict() instanceof Verdict.Skip)
            .collect(
                Collectors.groupingBy(
                    r -> r.verdict().observed(), TreeMap::new, Collectors.counting()));
    if (!why.isEmpty()) {
      out.append(
          "<details class=\"meta\"><summary>%d cases not tested</summary><ul>"
              .formatted(why.values().stream().mapToLong(Long::longValue).sum()));
      why.forEach(
          (text, count) -> out.append("<li>%d: %s</li>".formatted(count, Xml.escape(text))));
      out.append("</ul></details>");
    }
  }

  private static void group(StringBuilder out, Group group, List<Report> reports) {
    Map<String, CaseInfo> cases = new LinkedHashMap<>();
    reports.forEach(r ->
        r.results().stream()
            .filter(x -> x.info().group() == group)
            .forEach(x -> cases.putIfAbsent(x.info().id(), x.info())));
    if (cases.isEmpty()) {
      return;
    }
    out.append(
        "<section class=\"group\"><h2>%s. %s <small>%d cases</small></h2><table><thead><tr><th>case</th><th>claim</th><th>severity</th><th>level</th>"
            .formatted(group.letter(), Xml.escape(group.title()), cases.size()));
    reports.forEach(r -> out.append("<th>").append(Xml.escape(r.target().name())).append("</th>"));
    out.append("</tr></thead><tbody>");
    cases.values().forEach(info -> row(out, info, reports));
    out.append("</tbody></table></section>");
  }

  private static void row(StringBuilder out, CaseInfo info, List<Report> reports) {
    List<Optional<Result>> results =
        reports.stream()
            .map(r -> r.results().stream().filter(x -> x.info().id().equals(info.id())).findFirst())
            .toList();
    String words =
        results.stream()
            .flatMap(Optional::stream)
            .map(r -> css(r.verdict().word()))
            .distinct()
            .collect(Collectors.joining(" "));
    out.append(
        "<tr class=\"case\" id=\"%s\" data-word=\"%s\" data-level=\"%s\" data-severity=\"%s\" data-differs=\"%s\"><td><code>%s</code></td><td><details><summary>%s</summary>"
            .formatted(
                info.id(),
                words,
                info.level(),
                info.severity(),
                words.contains(" "),
                info.id(),
                Xml.escape(info.title())));
    facts(out, info);
    for (int i = 0; i < reports.size(); i++) {
      Report report = reports.get(i);
      results.get(i).ifPresent(r -> observed(out, report, r));
    }
    out.append(
        "</details></td><td class=\"sev %s\">%s</td><td>%s</td>"
            .formatted(
                info.severity(), info.severity().name().toLowerCase(Locale.ROOT), info.level()));
    results.forEach(r ->
        out.append(
            "<td class=\"word\"><span class=\"pill %s\">%s</span></td>"
                .formatted(
                    r.map(x -> css(x.verdict().word())).orElse("none"),
                    r.map(x -> x.verdict().word()).orElse("–"))));
    out.append("</tr>");
  }

  private static void facts(StringBuilder out, CaseInfo info) {
    out.append("<dl>");
    fact(out, "sent", info.sent());
    fact(out, "must happen", info.must());
    fact(out, "source", info.source());
    fact(out, "why it matters", info.why());
    fact(out, "how to fix", info.fix());
    if (!info.cves().isEmpty()) {
      fact(out, "regression of", String.join(", ", info.cves()));
    }
    out.append("</dl>");
  }

  private static void fact(StringBuilder out, String name, String text) {
    if (!text.isEmpty()) {
      out.append("<dt>").append(name).append("</dt><dd>").append(Xml.escape(text)).append("</dd>");
    }
  }

  private static void observed(StringBuilder out, Report report, Result result) {
    out.append(
        "<div class=\"observed\"><p><b>%s</b> <span class=\"%s\">%s</span>: %s <small>(%d ms)</small></p>"
            .formatted(
                Xml.escape(report.target().name()),
                css(result.verdict().word()),
                result.verdict().word(),
                Xml.escape(result.verdict().observed()),
                result.took().toMillis()));
    Optional.ofNullable(report.target().deviations().get(result.info().id()))
        .ifPresent(d -> out.append("<p>known deviation: ").append(Xml.escape(d)).append("</p>"));
    List<Transcript.Event> events = result.transcript().events();
    if (!events.isEmpty()) {
      out.append("<p><code>")
          .append(Xml.escape(Evidence.replay(report, result)))
          .append("</code></p><pre>");
      events.forEach(e ->
          out.append(String.format(Locale.ROOT, "%9.2f  ", e.millis()))
              .append(Xml.escape(e.what()))
              .append('\n'));
      out.append("</pre>");
    }
    out.append("</div>");
  }

  private static String css(String word) {
    return word.equals("PASS*") ? "conceptual" : word.toLowerCase(Locale.ROOT);
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
