package dev.marrow.cli.drill.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.Outcome;
import dev.marrow.cli.drill.Outcome.Verdict;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.cases.Catalogue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportsTest {
  private static final Drill DRILL =
      new Drill("R-99", "A <title>", "a fault", "0 failed", Setup.small(), stage -> {});
  private static final Outcome FAILED =
      new Outcome(
          DRILL,
          Verdict.FAIL,
          1.25,
          List.of(new Outcome.Check("new tunnels", "0 failed", "3 of 100", false)),
          Map.of("worst", "12 ms"),
          "",
          List.of("   0.100 s  broke it"));
  private static final About ABOUT = new About("marrow", "today", "drill run R-99", false);

  @Test
  void theTextSaysWhatWasWantedAndWhatWasMeasured() {
    assertThat(TextReport.of(FAILED))
        .contains("FAIL", "R-99", "new tunnels: 3 of 100 (wanted: 0 failed)", "worst: 12 ms");
    assertThat(TextReport.summary(List.of(FAILED))).isEqualTo("FAIL  1: R-99\n");
  }

  @Test
  void theJsonHasTheSame() {
    JsonNode drill =
        new JsonMapper().readTree(JsonReport.of(List.of(FAILED), ABOUT)).path("drills").path(0);

    assertThat(drill.path("verdict").asString()).isEqualTo("FAIL");
    assertThat(drill.path("checks").path(0).path("measured").asString()).isEqualTo("3 of 100");
    assertThat(drill.path("events").path(0).asString()).contains("broke it");
  }

  @Test
  void thePageNeedsNothingElseAndEscapesWhatItShows() {
    assertThat(HtmlReport.of(List.of(FAILED), ABOUT))
        .contains("A &lt;title&gt;", "3 of 100")
        .doesNotContain("http://", "https://", "src=");
  }

  @Test
  void everyDrillSaysWhatItBreaksAndWhatMustHold() {
    assertThat(Catalogue.all()).hasSizeGreaterThanOrEqualTo(20);
    assertThat(Catalogue.all())
        .allSatisfy(drill -> {
          assertThat(drill.id()).matches("R-[0-9]{2}");
          assertThat(drill.fault()).isNotBlank();
          assertThat(drill.pass()).isNotBlank();
        });
    assertThat(Catalogue.all()).extracting(Drill::id).doesNotHaveDuplicates().isSorted();
  }
}
