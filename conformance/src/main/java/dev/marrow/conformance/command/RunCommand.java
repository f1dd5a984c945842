package dev.marrow.conformance.command;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.report.Report;
import dev.marrow.conformance.report.ReportFolder;
import dev.marrow.conformance.report.TextReport;
import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Diagnosis;
import dev.marrow.conformance.run.Runner;
import dev.marrow.conformance.run.Target;
import dev.marrow.conformance.suite.H2Spec;
import dev.marrow.conformance.wire.TlsOffer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code run}: judges one endpoint. Exit 0: ran; 1: MUST failures and {@code --gate must}; 2: could
 * not run.
 */
@Command(
    name = "run",
    description = "Judges one endpoint.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init")
final class RunCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HOST:PORT",
      description = "The endpoint, for example 127.0.0.1:15008.",
      defaultValue = "")
  String address;

  @Option(
      names = "--svid",
      paramLabel = "PEM",
      description = "A certificate chain that the endpoint accepts, leaf first.")
  Optional<Path> svid;

  @Option(names = "--key", paramLabel = "PEM", description = "The key of --svid.")
  Optional<Path> key;

  @Option(
      names = "--bundle",
      paramLabel = "PEM",
      description = "The roots that vouch for the endpoint.")
  Optional<Path> bundle;

  @Option(
      names = "--ca-key",
      paramLabel = "PEM",
      description =
          "The key of the first certificate in --bundle: a TEST authority that the endpoint trusts. The kit then mints what it needs.")
  Optional<Path> authorityKey;

  @Option(
      names = "--profile",
      defaultValue = "",
      paramLabel = "NAME",
      description = "hbone (default), mtls, tls or waypoint.")
  String profile;

  @Option(names = "--quick", description = "A first answer in ten seconds.")
  boolean quick;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID|GROUP",
      description =
          "Only these cases or groups, for example SVID,CON-09; or h2spec, the HTTP/2 suite of others.")
  List<String> only = List.of();

  @Option(
      names = "--level",
      defaultValue = "",
      paramLabel = "LEVEL",
      description = "Only cases of one level: must, should, istio, hardening.")
  String level;

  @Option(
      names = "--cve",
      paramLabel = "ID",
      description = "Only the regression tests of one advisory.")
  Optional<String> cve;

  @Option(names = "--allow-dos", description = "Also floods. For endpoints of your own only.")
  boolean floods;

  @Option(
      names = "--target",
      paramLabel = "YAML",
      description = "A file that describes the endpoint.")
  Optional<Path> targetFile;

  @Option(
      names = "--application",
      defaultValue = "",
      paramLabel = "IP",
      description =
          "The address under which the endpoint reaches the kit's application (default: the endpoint's own).")
  String application;

  @Option(
      names = "--gate",
      defaultValue = "none",
      paramLabel = "must|none",
      description = "Exit 1 when a MUST fails.")
  String gate;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes report.html, report.json, junit.xml, results.sarif and more there.")
  Optional<Path> out;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Decides nonces and generated variants.")
  long seed;

  @Option(names = "--self", description = "Starts our own proxy, mints everything, and judges it.")
  boolean self;

  // Set by the host when it found the endpoint itself: the same command finds it again.
  @Option(names = "--found", hidden = true)
  boolean found;

  private final Optional<SelfTarget> selfTarget;

  RunCommand(Optional<SelfTarget> selfTarget) {
    this.selfTarget = selfTarget;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      return self ? runSelf() : runGiven();
    } catch (IOException | IllegalArgumentException e) {
      err.println("could not run: " + e.getMessage());
      err.flush();
      return 2;
    }
  }

  private int runGiven() throws IOException, InterruptedException {
    Target target = target();
    InetAddress local =
        application.isEmpty() ? target.address().getAddress() : InetAddress.getByName(application);
    try (Backend backend = Backend.start(local)) {
      return judge(target, CredentialFiles.read(svid, key, bundle, authorityKey), backend);
    }
  }

  private int runSelf() throws IOException, InterruptedException {
    SelfTarget starter =
        selfTarget.orElseThrow(() ->
            new IOException(
                "--self: this kit was built without a proxy to start (use ./marrow conformance)"));
    Profile wanted = TargetFile.profile(profile.isEmpty() ? "hbone" : profile);
    Mint authority = Mint.root("O=cluster.local,CN=conformance test authority");
    try (Backend backend = Backend.start(InetAddress.getLoopbackAddress());
        SelfTarget.Running running = starter.start(wanted, authority, backend)) {
      Svid own = authority.issue(LeafSpec.svid(running.target().identity()));
      return judge(
          running.target(),
          new Credentials(
              Optional.of(own), List.of(authority.certificate()), Optional.of(authority)),
          backend);
    }
  }

  private Target target() throws IOException {
    if (targetFile.isPresent()) {
      return TargetFile.read(targetFile.get());
    }
    if (address.isEmpty()) {
      throw new IOException(
          "no endpoint (expected: HOST:PORT, --target FILE, --self, or a mesh started with ./marrow up)");
    }
    return Target.at(
        TargetFile.address(address), TargetFile.profile(profile.isEmpty() ? "hbone" : profile));
  }

  private int judge(Target target, Credentials given, Backend backend)
      throws IOException, InterruptedException {
    // An authority can always make the certificate that was not given.
    Credentials credentials = given.completed(target.identity());
    Optional<String> hopeless =
        new Diagnosis(target, credentials.svid(), credentials.bundle(), Clock.systemUTC())
            .hopeless();
    if (hopeless.isPresent()) {
      throw new IOException(hopeless.get());
    }
    if (only.equals(List.of("h2spec"))) {
      return h2spec(target, credentials, backend);
    }
    PrintWriter console = spec.commandLine().getOut();
    boolean terminal = System.console() != null && System.getenv("NO_COLOR") == null;
    TextReport text = new TextReport(terminal);
    Selection selection = new Selection(quick, only, Selection.level(level), cve);
    List<dev.marrow.conformance.Case> cases = selection.cases();
    Instant at = Instant.now();
    long start = System.nanoTime();
    Progress progress = new Progress(console, text, target.profile(), cases);
    List<Result> results =
        new Runner(target, credentials, backend, floods, seed).run(cases, progress::show);
    Report report =
        new Report(
            Conform.VERSION,
            target,
            seed,
            at,
            Duration.ofNanos(System.nanoTime() - start),
            command(target),
            results);
    console.println(text.summary(report));
    if (out.isPresent()) {
      ReportFolder.write(report, out.get());
      console.println("  report: " + out.get().resolve("report.html"));
    }
    console.flush();
    return exit(report);
  }

  private int h2spec(Target target, Credentials credentials, Backend backend)
      throws IOException, InterruptedException {
    Svid own =
        credentials
            .svid()
            .orElseThrow(() -> new IOException("h2spec needs --svid and --key, or --ca-key"));
    H2Spec.Outcome outcome = new H2Spec(target, TlsOffer.standard(own), backend).run();
    PrintWriter console = spec.commandLine().getOut();
    // Lines like "  1: Sends …" are repeated with their mark.
    outcome.lines().stream()
        .filter(line -> !line.matches("\\s+\\d+: .*"))
        .forEach(console::println);
    console.flush();
    return gate.equals("must") && !outcome.passed() ? 1 : 0;
  }

  private int exit(Report report) {
    if (!report.judgedAnything()) {
      spec.commandLine()
          .getErr()
          .println("could not run: no case could be judged; `doctor` says why");
      spec.commandLine().getErr().flush();
      return 2;
    }
    return gate.equals("must") && !report.broken().isEmpty() ? 1 : 0;
  }

  private String command(Target target) {
    List<String> words = new ArrayList<>(List.of("conformance", "run"));
    if (self) {
      words.add("--self");
    } else if (!found) {
      words.addAll(
          targetFile.isPresent()
              ? List.of("--target", targetFile.get().toString())
              : List.of(Target.text(target.address())));
      file(words, "--svid", svid);
      file(words, "--key", key);
      file(words, "--bundle", bundle);
      file(words, "--ca-key", authorityKey);
      if (!application.isEmpty()) {
        words.addAll(List.of("--application", application));
      }
    }
    if (!profile.isEmpty()) {
      words.addAll(List.of("--profile", profile));
    }
    return CommandLineWords.join(words);
  }

  private static void file(List<String> words, String option, Optional<Path> file) {
    file.ifPresent(path -> words.addAll(List.of(option, path.toString())));
  }
}
