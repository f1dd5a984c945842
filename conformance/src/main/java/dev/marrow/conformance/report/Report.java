package dev.marrow.conformance.report;

import dev.marrow.conformance.Level;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.cases.Catalogue;
import dev.marrow.conformance.run.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A whole run. What the writers of this package turn into files. */
public record Report(
    String kitVersion,
    Target target,
    long seed,
    Instant at,
    Duration took,
    String command,
    List<Result> results) {
  /** The words of {@link Verdict#word()} in the order in which reports show them. */
  public static final List<String> WORDS =
      List.of("PASS", "PASS*", "FAIL", "NOTE", "SKIP", "ERROR");

  public Report {
    results = List.copyOf(results);
  }

  public Profile profile() {
    return target.profile();
  }

  /** How many results have each word. */
  public Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    WORDS.forEach(word -> counts.put(word, 0));
    results.forEach(result -> counts.merge(result.verdict().word(), 1, Integer::sum));
    return counts;
  }

  /** Whether anything at all was judged; false when every case was skipped or could not be run. */
  public boolean judgedAnything() {
    return results.stream()
        .anyMatch(
            r -> !(r.verdict() instanceof Verdict.Skip) && !(r.verdict() instanceof Verdict.Error));
  }

  /** Failures of MUST: what makes a target non-conformant. */
  public List<Result> broken() {
    return failures().stream().filter(r -> r.info().level() == Level.MUST).toList();
  }

  /** All failures, the most severe first. */
  public List<Result> failures() {
    return results.stream()
        .filter(r -> r.verdict() instanceof Verdict.Fail)
        .sorted(
            java.util.Comparator.comparing((Result r) -> r.info().severity())
                .thenComparing(r -> r.info().level()))
        .toList();
  }

  /** One sentence: conformant, non-conformant, or incomplete, with the numbers. */
  public String claim() {
    if (!broken().isEmpty()) {
      return "non-conformant: %d MUST".formatted(broken().size());
    }
    long open =
        results.stream().filter(r -> r.info().level() == Level.MUST && undecided(r)).count();
    if (open > 0) {
      return "incomplete: %d MUST not judged".formatted(open);
    }
    return partial()
        ? "conformant in %d of %d cases".formatted(chosen(), ofProfile())
        : "conformant";
  }

  /** Whether cases of the profile were left out on purpose. */
  public boolean partial() {
    return chosen() < ofProfile();
  }

  /** Cases of the profile in this run. */
  public long chosen() {
    return results.stream()
        .filter(r -> !r.verdict().observed().startsWith("not part of profile"))
        .count();
  }

  /** Cases of the profile that this kit has. */
  public long ofProfile() {
    return Catalogue.all().stream()
        .filter(each -> each.info().profiles().contains(profile()))
        .count();
  }

  private static boolean undecided(Result result) {
    boolean outside = result.verdict().observed().startsWith("not part of profile");
    return !outside
        && (result.verdict() instanceof Verdict.Skip || result.verdict() instanceof Verdict.Error);
  }
}
