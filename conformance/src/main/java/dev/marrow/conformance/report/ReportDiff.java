package dev.marrow.conformance.report;

import dev.marrow.conformance.Level;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What changed between two reports of one target.
 *
 * @param newlyFailing fail now and did not before
 * @param newlyPassing failed before and do not fail now
 * @param otherwise changed in another way, as sentences
 */
public record ReportDiff(
    List<Result> newlyFailing, List<Result> newlyPassing, List<String> otherwise) {
  public ReportDiff {
    newlyFailing = List.copyOf(newlyFailing);
    newlyPassing = List.copyOf(newlyPassing);
    otherwise = List.copyOf(otherwise);
  }

  public static ReportDiff between(Report before, Report after) {
    Map<String, Result> old = new LinkedHashMap<>();
    before.results().forEach(r -> old.put(r.info().id(), r));
    List<Result> failing = new java.util.ArrayList<>();
    List<Result> passing = new java.util.ArrayList<>();
    List<String> otherwise = new java.util.ArrayList<>();
    for (Result now : after.results()) {
      Result then = old.remove(now.info().id());
      String was = then == null ? "not run" : then.verdict().word();
      if (was.equals(now.verdict().word())) {
        continue;
      }
      if (now.verdict() instanceof Verdict.Fail) {
        failing.add(now);
      } else if (was.equals("FAIL") && !undecided(now)) {
        passing.add(now);
      } else {
        otherwise.add("%s: %s, was %s".formatted(now.info().id(), now.verdict().word(), was));
      }
    }
    old.values().forEach(gone -> otherwise.add(gone.info().id() + ": no longer run"));
    return new ReportDiff(failing, passing, otherwise);
  }

  private static boolean undecided(Result result) {
    return result.verdict() instanceof Verdict.Skip || result.verdict() instanceof Verdict.Error;
  }

  /** Whether a MUST got worse. */
  public boolean breaksMust() {
    return newlyFailing.stream().anyMatch(r -> r.info().level() == Level.MUST);
  }
}
