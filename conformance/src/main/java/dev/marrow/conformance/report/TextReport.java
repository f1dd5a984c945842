package dev.marrow.conformance.report;

import dev.marrow.conformance.Level;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import java.util.List;
import java.util.Locale;

/** What a terminal shows: a line per case while it runs, and the verdict at the end. */
public final class TextReport {
  private final boolean colour;

  /** Colour is for terminals; {@code NO_COLOR} is the caller's to obey. */
  public TextReport(boolean colour) {
    this.colour = colour;
  }

  /** For example {@code ✗ FAIL C SVID-03 two SPIFFE ids … accepted … X509-SVID §5.2 (MUST)}. */
  public String line(Result result) {
    Verdict verdict = result.verdict();
    String sign =
        switch (verdict) {
          case Verdict.Pass p -> paint("✓", 32);
          case Verdict.Conceptual c -> paint("~", 32);
          case Verdict.Fail f -> paint("✗", 31);
          case Verdict.Recorded r -> paint("·", 36);
          case Verdict.Skip s -> paint("○", 90);
          case Verdict.Error e -> paint("!", 33);
        };
    String head =
        "%s %-5s %s %-7s %s"
            .formatted(
                sign,
                verdict.word(),
                result.info().severity().name().substring(0, 1),
                result.info().id(),
                result.info().title());
    boolean quiet = verdict instanceof Verdict.Pass;
    String source =
        verdict instanceof Verdict.Fail
            ? "  [%s (%s)]".formatted(result.info().source(), result.info().level())
            : "";
    return quiet ? head : head + " — " + verdict.observed() + source;
  }

  /** The block at the end: counts, the claim, the worst three findings with what to do. */
  public String summary(Report report) {
    StringBuilder out = new StringBuilder("\n");
    report
        .counts()
        .forEach(
            (word, count) -> out.append(String.format(Locale.ROOT, "  %-5s %4d%n", word, count)));
    out.append(
        String.format(
            Locale.ROOT,
            "%n%s against profile %s: %s (%s in %.1f s)%n",
            report.target().name(),
            report.profile().name().toLowerCase(Locale.ROOT),
            paint(report.claim(), report.broken().isEmpty() ? 32 : 31),
            cases(report.results().size()),
            report.took().toMillis() / 1000.0));
    List<Result> worst = report.failures().stream().limit(3).toList();
    for (Result each : worst) {
      out.append(
          "\n  %s %s (%s)\n    risk: %s\n    fix:  %s\n"
              .formatted(
                  each.info().id(),
                  each.info().title(),
                  each.info().severity().name().toLowerCase(Locale.ROOT),
                  each.info().why(),
                  each.info().fix()));
    }
    notTested(report, out);
    return out.toString();
  }

  private static void notTested(Report report, StringBuilder out) {
    long must =
        report.results().stream()
            .filter(r ->
                r.verdict() instanceof Verdict.Skip
                    && r.info().level() == Level.MUST
                    && !r.verdict().observed().startsWith("not part"))
            .count();
    report.results().stream()
        .filter(r ->
            r.verdict() instanceof Verdict.Skip && !r.verdict().observed().startsWith("not part"))
        .collect(
            java.util.stream.Collectors.groupingBy(
                r -> r.verdict().observed(),
                java.util.TreeMap::new,
                java.util.stream.Collectors.counting()))
        .forEach((why, count) -> out.append("\n  not tested: %s, %s".formatted(cases(count), why)));
    if (must > 0) {
      out.append("\n  (%d of them are MUST)\n".formatted(must));
    }
  }

  private static String cases(long count) {
    return count == 1 ? "1 case" : count + " cases";
  }

  private String paint(String text, int code) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
