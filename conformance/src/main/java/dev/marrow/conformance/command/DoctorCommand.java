package dev.marrow.conformance.command;

import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Diagnosis;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin CredentialOptions files;

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
      Credentials given = files.read().completed(target.identity());
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
