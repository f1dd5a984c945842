package dev.marrow.conformance.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.cases.Catalogue;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReferencePeerTest {
  // What the TLS library of the JDK itself does, out of reach of a server that uses it.
  private static final Set<String> OF_THE_JDK = Set.of("CRT-29", "TLS-21b", "TLS-26");

  static Stream<Group> groups() {
    return Catalogue.all().stream().map(each -> each.info().group()).distinct();
  }

  @ParameterizedTest
  @MethodSource("groups")
  void aPeerWithoutDefectsPassesEveryCase(Group group) throws Exception {
    List<Result> results = Judged.results(each -> each.info().group() == group);

    List<String> red =
        results.stream()
            .filter(
                r -> r.verdict() instanceof Verdict.Fail || r.verdict() instanceof Verdict.Error)
            .filter(r -> !OF_THE_JDK.contains(r.info().id()))
            .map(r -> r.info().id() + " " + r.verdict())
            .toList();
    assertThat(red).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void aDefectIsFoundByTheCasesMadeForIt(Defect defect) throws Exception {
    List<Result> results = Judged.results(each -> defect.foundBy().contains(each.id()), defect);

    assertThat(results).isNotEmpty();
    assertThat(results)
        .allSatisfy(result -> assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class));
  }

  @Test
  void aWaypointThatPassesEverythingOnIsFound() throws Exception {
    Set<String> made = Set.of("L7-01", "L7-02", "L7-03", "L7-05", "L7-10", "L7-20", "IMP-02");

    List<Result> results = Judged.results(Profile.WAYPOINT, each -> made.contains(each.id()));

    assertThat(results)
        .hasSize(made.size())
        .allSatisfy(result -> assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class));
  }

  @Test
  void everyGroupThatOneConnectionCanJudgeHasADefect() {
    Set<String> found =
        Stream.of(Defect.values())
            .flatMap(defect -> defect.foundBy().stream())
            .map(id -> id.substring(0, id.indexOf('-')))
            .collect(Collectors.toSet());

    assertThat(found)
        .contains("TLS", "CRT", "SVID", "RES", "H2", "DOS", "CON", "TUN", "AUT", "ROT");
  }

  @Test
  void noTwoCasesShareAnId() {
    assertThat(Catalogue.all().stream().map(Case::id)).doesNotHaveDuplicates();
  }
}
