package dev.marrow.conformance.report;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code claim.yaml}, small and made to be published by implementers; {@code badge.svg}; {@code
 * summary.md}.
 */
public final class ClaimReport {
  private ClaimReport() {}

  public static byte[] yaml(Report report) {
    StringBuilder out =
        new StringBuilder("# Conformance claim of one implementation in one version.\n");
    line(out, "kit", "marrow-conformance " + report.kitVersion());
    line(out, "target", report.target().name());
    line(out, "version", report.target().version());
    line(out, "profile", report.profile().name().toLowerCase(Locale.ROOT));
    line(out, "date", report.at().toString().substring(0, 10));
    line(out, "claim", report.claim());
    line(out, "seed", String.valueOf(report.seed()));
    line(out, "command", report.command());
    out.append("counts:\n");
    report
        .counts()
        .forEach((word, count) ->
            out.append("  \"").append(word).append("\": ").append(count).append('\n'));
    out.append("failed:").append(report.failures().isEmpty() ? " []\n" : "\n");
    report.failures().forEach(r -> out.append("- ").append(r.info().id()).append('\n'));
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder out, String key, String value) {
    String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
    out.append(key).append(": \"").append(quoted).append("\"\n");
  }

  public static byte[] badge(Report report) {
    String text = report.claim();
    String colour =
        text.equals("conformant")
            ? "#2e7d32"
            : text.startsWith("non-conformant") ? "#b3261e" : "#9a6700";
    int left = 92;
    int right = 14 + text.length() * 7;
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="conformance: %s">
    <rect width="%d" height="20" rx="3" fill="#3b3b3b"/><rect x="%d" width="%d" height="20" rx="3" fill="%s"/>
    <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="7" y="14">conformance</text><text x="%d" y="14">%s</text></g>
    </svg>
    """
        .formatted(
            left + right,
            Xml.escape(text),
            left + right,
            left,
            right,
            colour,
            left + 7,
            Xml.escape(text))
        .getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] summary(Report report) {
    Map<String, Integer> counts = report.counts();
    String table = counts.keySet().stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    String rule =
        counts.keySet().stream().map(w -> "---").collect(Collectors.joining("|", "|", "|\n"));
    String numbers =
        counts.values().stream()
            .map(String::valueOf)
            .collect(Collectors.joining(" | ", "| ", " |\n"));
    StringBuilder out =
        new StringBuilder(
            "## %s %s: %s\n\n"
                .formatted(report.target().name(), report.target().version(), report.claim()));
    out.append(table).append(rule).append(numbers);
    if (!report.failures().isEmpty()) {
      out.append("\n| case | severity | level | observed |\n|---|---|---|---|\n");
      report
          .failures()
          .forEach(r ->
              out.append(
                  "| %s %s | %s | %s | %s |\n"
                      .formatted(
                          r.info().id(),
                          r.info().title(),
                          r.info().severity(),
                          r.info().level(),
                          r.verdict().observed().replace("|", "\\|"))));
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }
}
