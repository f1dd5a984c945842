package dev.marrow.conformance.command;

import dev.marrow.conformance.report.HtmlReport;
import dev.marrow.conformance.report.MatrixReport;
import dev.marrow.conformance.report.Report;
import dev.marrow.conformance.report.ReportReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code matrix FILES…}: several targets side by side. */
@Command(
    name = "matrix",
    description = "Puts several reports side by side.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class MatrixCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "report.json or its folder")
  List<Path> files;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes matrix.md and matrix.html there instead of printing the table.")
  Optional<Path> out;

  @Override
  public Integer call() {
    try {
      List<Report> reports = new ArrayList<>();
      for (Path file : files) {
        reports.add(ReportReader.read(file));
      }
      String table = MatrixReport.markdown(reports);
      if (out.isPresent()) {
        Files.createDirectories(out.get());
        Files.writeString(out.get().resolve("matrix.md"), table);
        Files.write(out.get().resolve("matrix.html"), HtmlReport.write(reports));
      } else {
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
      }
      return 0;
    } catch (IOException e) {
      return Conform.couldNotRun(spec, e);
    }
  }
}
