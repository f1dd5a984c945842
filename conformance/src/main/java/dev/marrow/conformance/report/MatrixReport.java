package dev.marrow.conformance.report;

import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Several targets side by side, as Markdown. */
public final class MatrixReport {
  private MatrixReport() {}

  public static String markdown(List<Report> reports) {
    StringBuilder out = new StringBuilder("| case | claim | level |");
    reports.forEach(r -> out.append(' ').append(cell(r.target().name())).append(" |"));
    out.append("\n|---|---|---|").append("---|".repeat(reports.size())).append('\n');
    out.append("| | **verdict** | |");
    reports.forEach(r -> out.append(' ').append(cell(r.claim())).append(" |"));
    out.append('\n');
    Map<String, CaseInfo> cases = new LinkedHashMap<>();
    reports.forEach(r -> r.results().forEach(x -> cases.putIfAbsent(x.info().id(), x.info())));
    cases.values().forEach(info -> out.append(row(info, reports)));
    return out.toString();
  }

  private static String row(CaseInfo info, List<Report> reports) {
    String words =
        reports.stream().map(r -> " " + word(r, info.id()) + " |").collect(Collectors.joining());
    return "| %s | %s | %s |%s%n".formatted(info.id(), cell(info.title()), info.level(), words);
  }

  /** The word for one case of one report; a dash when it was not part of the run. */
  static String word(Report report, String id) {
    return report.results().stream()
        .filter(r -> r.info().id().equals(id))
        .findFirst()
        .map((Result r) -> r.verdict().word())
        .orElse("–");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
