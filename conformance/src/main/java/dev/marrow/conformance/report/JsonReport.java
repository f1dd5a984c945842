package dev.marrow.conformance.report;

import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.run.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code report.json}, the superset of all formats; its schema is {@code report.schema.json}. Two
 * runs with the same seed against the same target differ in {@code at}, {@code seconds} and {@code
 * millis} only.
 */
public final class JsonReport {
  /** Raised when a reader of an older report could misread a newer one. */
  public static final int SCHEMA = 1;

  private JsonReport() {}

  public static byte[] write(Report report) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("schema", SCHEMA);
    out.put("kit", Map.of("name", "marrow-conformance", "version", report.kitVersion()));
    out.put("at", report.at().toString());
    out.put("seconds", report.took().toMillis() / 1000.0);
    out.put("seed", report.seed());
    out.put("command", report.command());
    out.put("target", target(report));
    out.put("claim", report.claim());
    out.put("counts", report.counts());
    out.put("results", report.results().stream().map(each -> result(report, each)).toList());
    return Json.bytes(out);
  }

  private static Map<String, Object> target(Report report) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", report.target().name());
    out.put("version", report.target().version());
    out.put("address", Target.text(report.target().address()));
    out.put("profile", lower(report.profile()));
    return out;
  }

  private static Map<String, Object> result(Report report, Result result) {
    CaseInfo info = result.info();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("id", info.id());
    out.put("group", info.group().name());
    out.put("title", info.title());
    out.put("verdict", result.verdict().word());
    out.put("observed", result.verdict().observed());
    out.put("level", info.level().name());
    out.put("severity", lower(info.severity()));
    out.put("sent", info.sent());
    out.put("must", info.must());
    out.put("why", info.why());
    out.put("fix", info.fix());
    out.put("source", info.source());
    out.put("cves", List.copyOf(info.cves()));
    out.put("tier", lower(info.tier()));
    String deviation = report.target().deviations().get(info.id());
    if (deviation != null) {
      out.put("knownDeviation", deviation);
    }
    out.put("millis", result.took().toMillis());
    return out;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
