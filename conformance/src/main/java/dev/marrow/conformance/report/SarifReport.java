package dev.marrow.conformance.report;

import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code results.sarif}, SARIF 2.1.0: only failures are results; every case is a rule. */
public final class SarifReport {
  private SarifReport() {}

  public static byte[] write(Report report) {
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "marrow-conformance");
    driver.put("version", report.kitVersion());
    driver.put("rules", report.results().stream().map(r -> rule(r.info())).toList());
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("results", report.failures().stream().map(r -> result(report, r)).toList());
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    out.put("version", "2.1.0");
    out.put("runs", List.of(run));
    return Json.bytes(out);
  }

  private static Map<String, Object> rule(CaseInfo info) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("id", info.id());
    out.put("shortDescription", Map.of("text", info.title()));
    out.put(
        "fullDescription",
        Map.of(
            "text",
            "Sent: "
                + info.sent()
                + ". Must happen: "
                + info.must()
                + ". Source: "
                + info.source()
                + "."));
    out.put("help", Map.of("text", info.why() + " " + info.fix()));
    out.put(
        "properties",
        Map.of("level", info.level().name(), "security-severity", score(info.severity())));
    return out;
  }

  private static Map<String, Object> result(Report report, Result result) {
    String where =
        report.target().address().getHostString() + ":" + report.target().address().getPort();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("ruleId", result.info().id());
    out.put("level", result.info().severity().compareTo(Severity.HIGH) <= 0 ? "error" : "warning");
    out.put("message", Map.of("text", result.info().title() + ": " + result.verdict().observed()));
    out.put(
        "locations",
        List.of(
            Map.of(
                "physicalLocation", Map.of("artifactLocation", Map.of("uri", "tcp://" + where)))));
    out.put(
        "partialFingerprints",
        Map.of("caseAndTarget/v1", result.info().id() + "@" + report.target().name()));
    return out;
  }

  private static String score(Severity severity) {
    return switch (severity) {
      case CRITICAL -> "9.5";
      case HIGH -> "7.5";
      case MEDIUM -> "5.0";
      case LOW -> "2.0";
    };
  }
}
