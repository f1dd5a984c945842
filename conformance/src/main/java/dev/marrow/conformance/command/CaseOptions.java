package dev.marrow.conformance.command;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which cases a command line means. Set by picocli. */
@SuppressWarnings("NullAway.Init")
final class CaseOptions {
  @Option(names = "--quick", description = "Only those of the first answer, in ten seconds.")
  boolean quick;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID|GROUP",
      description =
          "Only these cases, numbers, groups or letters of groups, for example SVID,CON-09,F.")
  List<String> only = List.of();

  @Option(
      names = "--level",
      split = ",",
      paramLabel = "LEVEL",
      description = "Only cases of these levels: must, should, istio, hardening.")
  List<String> levels = List.of();

  @Option(
      names = "--cve",
      paramLabel = "ID",
      description = "Only the regression tests of one advisory.")
  Optional<String> cve;

  /** What they choose; an unknown word is an error that names what is known. */
  Selection selection() {
    return Selection.of(quick, only, levels, cve);
  }
}
