package dev.marrow.conformance.command;

import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Diagnosis;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doctor HOST:PORT}: why a connection does not work. Exit 0: it does; 2: it does not. */
@Command(
    name = "doctor",
    description = "Says why a connection does not work.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class DoctorCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "HOST:PORT", description = "The endpoint.")
  String address;

  @Option(names = "--svid", paramLabel = "PEM", description = "Our certificate chain.")
  Optional<Path> svid;

  @Option(names = "--key", paramLabel = "PEM", description = "The key of --svid.")
  Optional<Path> key;

  @Option(names = "--bundle", paramLabel = "PEM", description = "The roots we trust.")
  Optional<Path> bundle;

  @Option(
      names = "--ca-key",
      paramLabel = "PEM",
      description = "The key of the first certificate in --bundle, to mint --svid with.")
  Optional<Path> authorityKey;

  @Option(
      names = "--profile",
      defaultValue = "hbone",
      paramLabel = "NAME",
      description = "hbone (default), mtls, tls or waypoint.")
  String profile;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Target target = Target.at(TargetFile.address(address), TargetFile.profile(profile));
      Credentials given =
          CredentialFiles.read(svid, key, bundle, authorityKey).completed(target.identity());
      List<Diagnosis.Step> steps =
          new Diagnosis(target, given.svid(), given.bundle(), Clock.systemUTC()).steps();
      steps.forEach(
          step -> out.printf("%s %-12s %s%n", step.good() ? "✓" : "✗", step.what(), step.found()));
      out.flush();
      return steps.stream().allMatch(Diagnosis.Step::good) ? 0 : 2;
    } catch (IOException | IllegalArgumentException e) {
      return Conform.couldNotRun(spec, e);
    }
  }
}
