package dev.marrow.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.cases.Catalogue;
import dev.marrow.conformance.peer.Judged;
import dev.marrow.conformance.run.Target;
import dev.marrow.conformance.wire.Transcript;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonReportTest {
  // They wait for seconds, and there is nothing else to be learnt of them here.
  private static final Set<String> SLOW =
      Set.of("TLS-17", "TUN-12", "H2-04", "H2-06", "H2-10", "RES-02", "ROT-07");

  static Report report(List<Result> results) {
    Target target = Target.at(new InetSocketAddress("127.0.0.1", 15008), Profile.HBONE);
    return new Report(
        "0", target, 7, Instant.EPOCH, Duration.ofSeconds(1), "conformance run", results);
  }

  private static List<Result> everyCaseWithEveryVerdict() {
    List<Verdict> verdicts =
        List.of(
            new Verdict.Pass("a"),
            new Verdict.Conceptual("b"),
            new Verdict.Fail("c"),
            new Verdict.Recorded("d"),
            new Verdict.Skip("e"),
            new Verdict.Error("f"));
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < Catalogue.all().size(); i++) {
      results.add(
          new Result(
              Catalogue.all().get(i).info(),
              verdicts.get(i % verdicts.size()),
              Duration.ofMillis(i),
              new Transcript()));
    }
    return results;
  }

  @Test
  void aReportKeepsToItsPublishedSchema() throws Exception {
    JsonNode schema;
    try (InputStream in = JsonReport.class.getResourceAsStream("report.schema.json")) {
      schema = JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
    }
    JsonNode report =
        JsonMapper.shared().readTree(JsonReport.write(report(everyCaseWithEveryVerdict())));

    assertThat(SchemaCheck.problems(schema, report, "$")).isEmpty();
  }

  @Test
  void whatIsWrittenIsReadBack(@TempDir Path folder) throws Exception {
    Report written = report(everyCaseWithEveryVerdict());
    Files.write(folder.resolve("report.json"), JsonReport.write(written));

    Report read = ReportReader.read(folder);

    assertThat(JsonReport.write(read)).isEqualTo(JsonReport.write(written));
  }

  @Test
  void theSameSeedGivesTheSameReportButForTimes() throws Exception {
    String first = judged();
    String second = judged();

    assertThat(second).isEqualTo(first);
  }

  private static String judged() throws Exception {
    List<Result> results =
        Judged.results(each -> !each.info().flood() && !SLOW.contains(each.id()));
    return new String(JsonReport.write(report(results)), StandardCharsets.UTF_8)
        .replaceAll("\"millis\" *: *[0-9]+", "");
  }
}
