package dev.marrow.conformance.report;

import dev.marrow.conformance.Group;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** {@code junit.xml}: a suite per group, so that every CI system shows the cases. */
public final class JunitReport {
  private JunitReport() {}

  public static byte[] write(Report report) {
    StringBuilder out =
        new StringBuilder(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"marrow-conformance\">\n");
    for (Group group : Group.values()) {
      List<Result> results =
          report.results().stream().filter(r -> r.info().group() == group).toList();
      if (!results.isEmpty()) {
        suite(out, group, results);
      }
    }
    return out.append("</testsuites>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void suite(StringBuilder out, Group group, List<Result> results) {
    out.append(
        "  <testsuite name=\"%s %s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n"
            .formatted(
                group,
                Xml.escape(group.title()),
                results.size(),
                count(results, Verdict.Fail.class),
                count(results, Verdict.Error.class),
                count(results, Verdict.Skip.class)));
    results.forEach(result -> testcase(out, result));
    out.append("  </testsuite>\n");
  }

  private static long count(List<Result> results, Class<? extends Verdict> kind) {
    return results.stream().filter(r -> kind.isInstance(r.verdict())).count();
  }

  private static void testcase(StringBuilder out, Result result) {
    out.append(
        String.format(
            Locale.ROOT,
            "    <testcase classname=\"%s\" name=\"%s %s\" time=\"%.3f\">%n",
            result.info().group(),
            result.info().id(),
            Xml.escape(result.info().title()),
            result.took().toMillis() / 1000.0));
    out.append(
        "      <properties><property name=\"level\" value=\"%s\"/><property name=\"severity\" value=\"%s\"/><property name=\"source\" value=\"%s\"/></properties>\n"
            .formatted(
                result.info().level(),
                result.info().severity(),
                Xml.escape(result.info().source())));
    String observed = Xml.escape(result.verdict().observed());
    switch (result.verdict()) {
      case Verdict.Fail f ->
          out.append(
              "      <failure message=\"%s\">%s</failure>\n"
                  .formatted(observed, Xml.escape(result.info().must())));
      case Verdict.Error e -> out.append("      <error message=\"%s\"/>\n".formatted(observed));
      case Verdict.Skip s -> out.append("      <skipped message=\"%s\"/>\n".formatted(observed));
      case Verdict.Pass p -> out.append("      <system-out>%s</system-out>\n".formatted(observed));
      case Verdict.Conceptual c ->
          out.append("      <system-out>conceptual pass: %s</system-out>\n".formatted(observed));
      case Verdict.Recorded r ->
          out.append("      <system-out>recorded: %s</system-out>\n".formatted(observed));
    }
    out.append("    </testcase>\n");
  }
}
