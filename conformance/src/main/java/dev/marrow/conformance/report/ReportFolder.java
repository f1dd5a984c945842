package dev.marrow.conformance.report;

import dev.marrow.conformance.Result;
import dev.marrow.conformance.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Writes every format of a report into one folder. */
public final class ReportFolder {
  private ReportFolder() {}

  /** Makes the folder, so that it is known before a run whether it can be written to. */
  public static void create(Path folder) throws IOException {
    try {
      Files.createDirectories(folder.resolve("evidence"));
    } catch (IOException e) {
      throw new IOException(
          "--out: %s: cannot be made (expected: a folder that may be written to)".formatted(folder),
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException("--out: %s: may not be written to".formatted(folder));
    }
  }

  public static void write(Report report, Path folder) throws IOException {
    create(folder);
    Files.write(folder.resolve("report.json"), JsonReport.write(report));
    Files.write(folder.resolve("report.html"), HtmlReport.write(java.util.List.of(report)));
    Files.write(folder.resolve("junit.xml"), JunitReport.write(report));
    Files.write(folder.resolve("results.sarif"), SarifReport.write(report));
    Files.write(folder.resolve("claim.yaml"), ClaimReport.yaml(report));
    Files.write(folder.resolve("badge.svg"), ClaimReport.badge(report));
    Files.write(folder.resolve("summary.md"), ClaimReport.summary(report));
    try (InputStream schema = ReportFolder.class.getResourceAsStream("report.schema.json")) {
      Files.write(
          folder.resolve("report.schema.json"), Objects.requireNonNull(schema).readAllBytes());
    }
    for (Result result : report.results()) {
      if (!(result.verdict() instanceof Verdict.Skip)) {
        Files.write(
            folder.resolve("evidence/" + result.info().id() + ".txt"),
            Evidence.write(report, result));
      }
    }
  }
}
