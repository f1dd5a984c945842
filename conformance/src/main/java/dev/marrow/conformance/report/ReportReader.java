package dev.marrow.conformance.report;

import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Terms;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.run.Hooks;
import dev.marrow.conformance.run.Target;
import dev.marrow.conformance.wire.Transcript;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code report.json} back. Transcripts are not in it. */
public final class ReportReader {
  private ReportReader() {}

  /** Reads the file, or the {@code report.json} of a folder. */
  public static Report read(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve("report.json") : path;
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": cannot be read (expected: a report.json or its folder)");
    }
    try {
      JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(file));
      if (root.path("schema").asInt(0) != JsonReport.SCHEMA) {
        throw new IOException(file + ": not a report of schema " + JsonReport.SCHEMA);
      }
      return report(root);
    } catch (JacksonException e) {
      throw new IOException(
          "%s: not JSON: %s (expected: a report.json)".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(file + ": not a report: " + e.getMessage(), e);
    }
  }

  private static Report report(JsonNode root) {
    JsonNode target = root.path("target");
    List<Result> results = new ArrayList<>();
    root.path("results").forEach(each -> results.add(result(each)));
    return new Report(
        root.path("kit").path("version").asString(""),
        target(target, root.path("results")),
        root.path("seed").asLong(0),
        Instant.parse(root.path("at").asString("")),
        Duration.ofMillis(Math.round(root.path("seconds").asDouble(0) * 1000)),
        root.path("command").asString(""),
        results);
  }

  private static Target target(JsonNode node, JsonNode results) {
    String address = node.path("address").asString("");
    int colon = Math.max(0, address.lastIndexOf(':'));
    String host = address.substring(0, colon).replace("[", "").replace("]", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    Profile profile = Profile.valueOf(node.path("profile").asString("").toUpperCase(Locale.ROOT));
    Target plain = Target.at(InetSocketAddress.createUnresolved(host, port), profile);
    Map<String, String> deviations = new java.util.TreeMap<>();
    results.forEach(each ->
        Optional.ofNullable(each.get("knownDeviation"))
            .ifPresent(d -> deviations.put(each.path("id").asString(""), d.asString(""))));
    return new Target(
        node.path("name").asString(""),
        node.path("version").asString(""),
        plain.address(),
        profile,
        plain.reach(),
        plain.identity(),
        Optional.empty(),
        plain.patience(),
        Hooks.NONE,
        deviations);
  }

  private static Result result(JsonNode node) {
    List<String> cves = new ArrayList<>();
    node.path("cves").forEach(each -> cves.add(each.asString("")));
    CaseInfo info =
        new CaseInfo(
            text(node, "id"),
            Group.valueOf(text(node, "group")),
            text(node, "title"),
            text(node, "sent"),
            text(node, "must"),
            text(node, "why"),
            text(node, "fix"),
            text(node, "source"),
            Level.valueOf(text(node, "level")),
            Severity.valueOf(text(node, "severity").toUpperCase(Locale.ROOT)),
            Set.of(Profile.values()),
            Terms.of(Tier.valueOf(text(node, "tier").toUpperCase(Locale.ROOT))),
            cves);
    return new Result(
        info,
        verdict(text(node, "verdict"), text(node, "observed")),
        Duration.ofMillis(node.path("millis").asLong(0)),
        new Transcript());
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).asString("");
  }

  private static Verdict verdict(String word, String observed) {
    return switch (word) {
      case "PASS" -> new Verdict.Pass(observed);
      case "PASS*" -> new Verdict.Conceptual(observed);
      case "FAIL" -> new Verdict.Fail(observed);
      case "NOTE" -> new Verdict.Recorded(observed);
      case "SKIP" -> new Verdict.Skip(observed);
      case "ERROR" -> new Verdict.Error(observed);
      default -> throw new IllegalArgumentException("verdict: '%s'".formatted(word));
    };
  }
}
