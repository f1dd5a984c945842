package dev.marrow.conformance.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The kit against its plan: 230 numbers, each a case or a reason why not. */
class CatalogueTest {
  private static final Map<String, Integer> PLAN =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("TLS", 27),
              Map.entry("CRT", 33),
              Map.entry("SVID", 20),
              Map.entry("SRV", 14),
              Map.entry("RES", 9),
              Map.entry("H2", 26),
              Map.entry("DOS", 19),
              Map.entry("CON", 21),
              Map.entry("TUN", 16),
              Map.entry("AUT", 12),
              Map.entry("MOD", 6),
              Map.entry("IMP", 4),
              Map.entry("ROT", 9),
              Map.entry("L7", 14)));

  private static final Map<String, String> NOT_HERE =
      Map.ofEntries(
          Map.entry("SVID-14", "needs a target with federated bundles, which ambient proxies lack"),
          Map.entry("SVID-15", "as SVID-14"),
          Map.entry("SRV-03", "the outbound hook names one identity"),
          Map.entry("SRV-09", "needs two workloads behind one target"),
          Map.entry("SRV-13", "the misbehaving server of h2spec is another program"),
          Map.entry("SRV-14", "half a minute of silence for one case; R-17 of the drills has it"),
          Map.entry("RES-04", "needs two workloads behind one target"),
          Map.entry("CON-21", "needs an east-west gateway"),
          Map.entry("TUN-16", "needs a workload with an application tunnel"),
          Map.entry("MOD-06", "needs a whole mesh"),
          Map.entry("IMP-04", "needs a whole mesh"),
          Map.entry("ROT-09", "needs another clock for the target's process"),
          Map.entry("L7-12", "gRPC has its own interop programs"),
          Map.entry("L7-14", "no waypoint known to us inflates bodies"));

  private static Set<String> numbers() {
    return Catalogue.all().stream()
        .map(each -> each.id().replaceAll("[a-z]$", ""))
        .collect(Collectors.toSet());
  }

  private static List<String> plan() {
    return PLAN.entrySet().stream()
        .flatMap(group ->
            IntStream.rangeClosed(1, group.getValue())
                .mapToObj(i -> "%s-%02d".formatted(group.getKey(), i)))
        .toList();
  }

  @Test
  void everyNumberOfThePlanIsACaseOrHasAReason() {
    Set<String> here = numbers();

    assertThat(plan()).hasSize(230);
    assertThat(plan().stream().filter(id -> !here.contains(id) && !NOT_HERE.containsKey(id)))
        .isEmpty();
  }

  @Test
  void noCaseHasAReasonNotToBe() {
    assertThat(NOT_HERE.keySet()).doesNotContainAnyElementsOf(numbers());
  }

  @Test
  void whatIsNotHereIsNamedInTheDocument() throws Exception {
    java.nio.file.Path document = java.nio.file.Path.of("../docs/conformance.md");
    org.junit.jupiter.api.Assumptions.assumeTrue(java.nio.file.Files.exists(document));
    String text = java.nio.file.Files.readString(document);

    assertThat(NOT_HERE.keySet()).allSatisfy(id -> assertThat(text).contains(id));
  }
}
