package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
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
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
public final class RunCommand implements Callable<Integer> {
  /** The exit code for the host that judges several targets: this one has no case that matches. */
  public static final int NOTHING_MATCHES = 3;

  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HOST:PORT",
      description = "The endpoint, for example 127.0.0.1:15008.",
      defaultValue = "")
  String address;

  @Mixin CredentialOptions files;

  @Option(
      names = "--profile",
      defaultValue = "",
      paramLabel = "NAME",
      description = "hbone (default), mtls, tls or waypoint.")
  String profile;

  @Mixin CaseOptions choice;

  @Option(names = "--allow-dos", description = "Also floods. For endpoints of your own only.")
  boolean floods;

  @Option(
      names = "--target",
      paramLabel = "YAML",
      description = "A file that describes the endpoint; HOST:PORT and --profile count for more.")
  Optional<Path> targetFile;

  @Option(
      names = "--application",
      defaultValue = "",
      paramLabel = "IP",
      description =
          "The address of this machine at which the endpoint reaches the kit's application (default: the endpoint's own).")
  String application;

  @Option(
      names = "--gate",
      defaultValue = "none",
      paramLabel = "must|none",
      description = "Exit 1 when a MUST fails.")
  Gate gate;

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

  @Option(
      names = "--self",
      description =
          "Starts our own node proxy and waypoint (or the one of --profile), mints everything, and judges them.")
  boolean self;

  // Set by the host when it found the endpoint itself: the same command finds it again.
  @Option(names = "--found", hidden = true)
  boolean found;

  // Set by the host when it judges both of its proxies: one may have no case that matches.
  @Option(names = "--of-both", hidden = true)
  boolean ofBoth;

  private final Optional<SelfTarget> selfTarget;

  RunCommand(Optional<SelfTarget> selfTarget) {
    this.selfTarget = selfTarget;
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      // Whatever can be wrong without an endpoint is said before one is started or dialled.
      Selection selection = h2spec() ? Selection.ALL : choice.selection();
      if (out.isPresent()) {
        ReportFolder.create(out.get());
      }
      return self ? runSelf(selection) : runGiven(selection);
    } catch (IOException | IllegalArgumentException e) {
      return Conform.couldNotRun(spec, e);
    }
  }

  private boolean h2spec() {
    return choice.only.equals(List.of("h2spec"));
  }

  private int runGiven(Selection selection) throws IOException, InterruptedException {
    Target target = target();
    selection.cases(target.profile());
    Credentials given = files.read();
    try (Backend backend = backend(target)) {
      return judge(target, given, backend, selection);
    }
  }

  private Backend backend(Target target) throws IOException {
    InetAddress here = applicationAddress().orElse(target.address().getAddress());
    // Nothing is behind a plain server: it echoes itself.
    boolean plain = target.profile() == Profile.MTLS || target.profile() == Profile.TLS;
    try {
      return Backend.start(plain ? InetAddress.getLoopbackAddress() : here);
    } catch (BindException e) {
      throw new IOException(
          "--application: the kit's application cannot listen at %s: %s (expected: an address of this machine that the endpoint reaches)"
              .formatted(here.getHostAddress(), e.getMessage()),
          e);
    }
  }

  private Optional<InetAddress> applicationAddress() throws IOException {
    try {
      return application.isEmpty()
          ? Optional.empty()
          : Optional.of(InetAddress.getByName(application));
    } catch (UnknownHostException e) {
      throw new IOException(
          "--application: '%s' does not resolve (expected: an address of this machine)"
              .formatted(application),
          e);
    }
  }

  private int runSelf(Selection selection) throws IOException, InterruptedException {
    if (!address.isEmpty() || targetFile.isPresent()) {
      throw new IOException("--self: given with another endpoint (expected: one of them)");
    }
    SelfTarget starter =
        selfTarget.orElseThrow(() ->
            new IOException(
                "--self: this kit was built without a proxy to start (use ./marrow conformance)"));
    Profile wanted = TargetFile.profile(profile.isEmpty() ? "hbone" : profile);
    if (ofBoth && selection.isEmpty(wanted)) {
      return NOTHING_MATCHES;
    }
    selection.cases(wanted);
    Mint authority = Mint.root("O=cluster.local,CN=conformance test authority");
    try (Backend backend = Backend.start(InetAddress.getLoopbackAddress());
        SelfTarget.Running running = starter.start(wanted, authority, backend)) {
      Svid own = authority.issue(LeafSpec.svid(running.target().identity()));
      return judge(
          running.target(),
          new Credentials(
              Optional.of(own), List.of(authority.certificate()), Optional.of(authority)),
          backend,
          selection);
    }
  }

  private Target target() throws IOException {
    if (targetFile.isEmpty() && address.isEmpty()) {
      throw new IOException(
          "no endpoint (expected: HOST:PORT, --target FILE, --self, or a mesh started with ./marrow up)");
    }
    if (targetFile.isPresent()) {
      return TargetFile.read(targetFile.get(), address, profile);
    }
    Target plain =
        Target.at(
            TargetFile.address(address), TargetFile.profile(profile.isEmpty() ? "hbone" : profile));
    return applicationAddress().map(plain::withApplicationAt).orElse(plain);
  }

  private int judge(Target target, Credentials given, Backend backend, Selection selection)
      throws IOException, InterruptedException {
    // An authority can always make the certificate that was not given.
    Credentials credentials = given.completed(target.identity());
    Optional<String> hopeless =
        new Diagnosis(target, credentials.svid(), credentials.bundle(), Clock.systemUTC())
            .hopeless();
    if (hopeless.isPresent()) {
      throw new IOException(hopeless.get());
    }
    if (h2spec()) {
      return h2spec(target, credentials, backend);
    }
    PrintWriter console = spec.commandLine().getOut();
    boolean terminal = System.console() != null && System.getenv("NO_COLOR") == null;
    TextReport text = new TextReport(terminal);
    List<Case> cases = selection.cases(target.profile());
    Instant at = Instant.now();
    long start = System.nanoTime();
    Progress progress = new Progress(console, text, cases.size());
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
    return gate == Gate.MUST && !outcome.passed() ? 1 : 0;
  }

  private int exit(Report report) {
    if (!report.judgedAnything()) {
      spec.commandLine()
          .getErr()
          .println("could not run: no case could be judged; `doctor` says why");
      spec.commandLine().getErr().flush();
      return 2;
    }
    return gate == Gate.MUST && !report.broken().isEmpty() ? 1 : 0;
  }

  private String command(Target target) {
    List<String> words = new ArrayList<>(List.of("conformance", "run"));
    if (self) {
      words.add("--self");
    } else if (!found) {
      if (targetFile.isEmpty() || !address.isEmpty()) {
        words.add(Target.text(target.address()));
      }
      file(words, "--target", targetFile);
      file(words, "--svid", files.svid);
      file(words, "--key", files.key);
      file(words, "--bundle", files.bundle);
      file(words, "--ca-key", files.authorityKey);
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
