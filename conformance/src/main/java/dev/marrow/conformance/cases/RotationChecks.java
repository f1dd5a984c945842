package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.asn1.x509.Certificate;

/** Checks of group K. */
final class RotationChecks {
  private static final Duration SHORT_LIFE = Duration.ofSeconds(4);
  private static final Duration RENEWED_WITHIN = Duration.ofSeconds(5);
  private static final Duration MOST_WAIT = Duration.ofSeconds(25);
  private static final int TUNNELS = 50;

  private RotationChecks() {}

  private static byte[] leaf(Bench bench) throws IOException {
    TlsLink tls = bench.tls(bench.offer());
    byte[] leaf = tls.serverChain().getFirst();
    tls.close();
    return leaf;
  }

  private static boolean renews(Bench bench, byte[] before)
      throws IOException, InterruptedException {
    bench.hook("rotate", Map.of());
    long deadline = System.nanoTime() + RENEWED_WITHIN.toNanos();
    while (Arrays.equals(leaf(bench), before)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  private static void pause() {
    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
  }

  static Verdict renewed(Bench bench) throws IOException, InterruptedException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.ECHO);
    if (!H2Checks.echoes(bench, tunnel)) {
      return new Verdict.Error("positive control failed");
    }
    if (!renews(bench, leaf(bench))) {
      return new Verdict.Fail("the old certificate is shown five seconds later");
    }
    return H2Checks.echoes(bench, tunnel)
        ? new Verdict.Pass("another certificate for new connections, the tunnel works")
        : new Verdict.Fail("the open tunnel broke");
  }

  static Verdict underLoad(Bench bench) throws IOException, InterruptedException {
    H2Link h2 = bench.h2();
    List<Tunnel> tunnels = new ArrayList<>();
    for (int i = 0; i < TUNNELS; i++) {
      tunnels.add(bench.tunnel(h2, Behaviour.ECHO));
    }
    for (int renewal = 1; renewal <= 3; renewal++) {
      if (!renews(bench, leaf(bench))) {
        return new Verdict.Fail("renewal %d does not come".formatted(renewal));
      }
      for (Tunnel each : tunnels) {
        if (!H2Checks.echoes(bench, each)) {
          return new Verdict.Fail("a tunnel broke at renewal %d".formatted(renewal));
        }
      }
      Attempt attempt = bench.attempt(bench.offer());
      if (!attempt.echoed()) {
        return new Verdict.Fail("refused at renewal %d: %s".formatted(renewal, attempt.how()));
      }
    }
    return new Verdict.Pass("three renewals, 50 tunnels, nothing broke");
  }

  /** Roots in force until the case ends; the first root alone then. */
  private record Roots(Bench bench, Path folder) implements AutoCloseable {
    static Roots of(Bench bench) throws IOException {
      return bench.keep(new Roots(bench, Files.createTempDirectory("conformance-roots")));
    }

    /** Trusts all; the target's certificate is signed by the last. */
    void apply(Mint... all) throws IOException, InterruptedException {
      List<byte[]> certificates = Arrays.stream(all).map(Mint::certificate).toList();
      Path roots = Files.writeString(folder.resolve("roots.pem"), PemFiles.chain(certificates));
      Path key = Files.writeString(folder.resolve("root.key"), all[all.length - 1].keyPem());
      bench.hook("roots", Map.of("KIT_ROOTS", roots.toString(), "KIT_ROOT_KEY", key.toString()));
    }

    @Override
    public void close() throws IOException, InterruptedException {
      apply(bench.mint());
      awaitAccepted(bench, bench.offer());
      Files.delete(folder.resolve("roots.pem"));
      Files.delete(folder.resolve("root.key"));
      Files.delete(folder);
    }
  }

  private static boolean awaitAccepted(Bench bench, TlsOffer offer) {
    return await(bench, offer, true);
  }

  private static boolean await(Bench bench, TlsOffer offer, boolean accepted) {
    long deadline = System.nanoTime() + MOST_WAIT.toNanos();
    while (bench.attempt(offer).echoed() != accepted) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  private static Mint second() {
    return Mint.root("O=cluster.local,CN=second conformance root");
  }

  static Verdict twoRoots(Bench bench) throws IOException, InterruptedException {
    Mint second = second();
    Roots.of(bench).apply(second, bench.mint());
    TlsOffer ofSecond = TlsOffer.standard(second.issue(bench.leaf()));
    if (!awaitAccepted(bench, ofSecond)) {
      return new Verdict.Fail("a leaf of the second root is refused");
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass("leaves of both roots are accepted")
        : new Verdict.Fail("a leaf of the first root is refused");
  }

  /** CRT-11; the second root says when the bundle is in force. */
  static Verdict endedRoot(Bench bench) throws IOException, InterruptedException {
    Mint ended =
        Mint.root("O=cluster.local,CN=ended root", Duration.ofDays(-9), Duration.ofDays(-1));
    Mint second = second();
    Roots.of(bench).apply(ended, second, bench.mint());
    if (!awaitAccepted(bench, TlsOffer.standard(second.issue(bench.leaf())))) {
      return new Verdict.Error("could not be judged: the roots did not come into force");
    }
    Attempt attempt = bench.attempt(TlsOffer.standard(ended.issue(bench.leaf())));
    return new Verdict.Recorded(attempt.echoed() ? "accepted" : "refused: " + attempt.how());
  }

  static Verdict rootReplaced(Bench bench) throws IOException, InterruptedException {
    Mint first = bench.mint();
    Mint second = second();
    TlsOffer ofFirst = bench.offer();
    TlsOffer ofSecond = TlsOffer.standard(second.issue(bench.leaf()));
    Roots roots = Roots.of(bench);
    roots.apply(second, first);
    if (!awaitAccepted(bench, ofSecond)) {
      return new Verdict.Fail("a leaf of the second root is refused beside the first");
    }
    if (!bench.attempt(ofFirst).echoed()) {
      return new Verdict.Fail("a leaf of the first root is refused beside the second");
    }
    roots.apply(first, second);
    Optional<String> gap = signedBy(bench, second, ofFirst, ofSecond);
    if (gap.isPresent()) {
      return new Verdict.Fail(gap.get());
    }
    roots.apply(second);
    if (!await(bench, ofFirst, false)) {
      return new Verdict.Fail("a leaf of the first root is accepted after its end");
    }
    return bench.attempt(ofSecond).echoed()
        ? new Verdict.Pass("no gap; leaves of the first root are refused at the end")
        : new Verdict.Fail("leaves of the second root are refused at the end");
  }

  /** Waits for a certificate of {@code root}; both callers have to be served all the time. */
  private static Optional<String> signedBy(
      Bench bench, Mint root, TlsOffer ofFirst, TlsOffer ofSecond) throws IOException {
    long deadline = System.nanoTime() + MOST_WAIT.toNanos();
    String wanted = root.subject();
    while (System.nanoTime() < deadline) {
      if (!bench.attempt(ofFirst).echoed() || !bench.attempt(ofSecond).echoed()) {
        return Optional.of("a good caller is refused while roots change");
      }
      TlsLink tls = bench.tls(ofSecond);
      Certificate leaf = Certificate.getInstance(tls.serverChain().getFirst());
      tls.close();
      if (leaf.getIssuer().toString().equals(wanted)) {
        return Optional.empty();
      }
      pause();
    }
    return Optional.of("no certificate of the second root is shown");
  }

  /** Brings the authority back when the case ends. */
  private record Away(Bench bench) implements AutoCloseable {
    static Away of(Bench bench) throws IOException, InterruptedException {
      bench.hook("authority", Map.of("KIT_AUTHORITY", "down"));
      return bench.keep(new Away(bench));
    }

    @Override
    public void close() throws IOException, InterruptedException {
      bench.hook("authority", Map.of("KIT_AUTHORITY", "up"));
      awaitAccepted(bench, bench.offer());
    }
  }

  static Verdict authorityAway(Bench bench) throws IOException, InterruptedException {
    // Fresh, so that it lives long enough to see.
    if (!renews(bench, leaf(bench))) {
      return new Verdict.Error("positive control failed: no renewal");
    }
    Away.of(bench);
    byte[] shown = leaf(bench);
    bench.hook("rotate", Map.of());
    for (int i = 0; i < 20; i++) {
      Attempt attempt = bench.attempt(bench.offer());
      if (!attempt.echoed()) {
        return new Verdict.Fail("refused though its certificate is valid: " + attempt.how());
      }
      pause();
    }
    return Arrays.equals(shown, leaf(bench))
        ? new Verdict.Pass("served with the certificate it has")
        : new Verdict.Error("the hook 'authority' takes nothing away: a new certificate came");
  }

  static Verdict pastTheEnd(Bench bench) throws IOException, InterruptedException {
    Instant end = end(leaf(bench));
    if (Duration.between(Instant.now(), end).compareTo(MOST_WAIT) > 0) {
      return new Verdict.Skip("the target's certificate lives longer than 25 s: nothing to see");
    }
    Away away = Away.of(bench);
    // The target may have renewed it a moment ago.
    end = end(leaf(bench));
    while (Instant.now().isBefore(end.plusMillis(1_100))) {
      pause();
    }
    Optional<String> shown = shownAfter(bench, end);
    if (shown.isPresent()) {
      return new Verdict.Fail(shown.get());
    }
    long start = System.nanoTime();
    bench.hook("authority", Map.of("KIT_AUTHORITY", "up"));
    boolean back = awaitAccepted(bench, bench.offer());
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    bench.transcript().add("%s: served again after %d s", away, seconds);
    if (!back) {
      return new Verdict.Fail("not served 25 s after the authority is back");
    }
    return seconds <= 2
        ? new Verdict.Pass("refused in between, served again within two seconds")
        : new Verdict.Conceptual("refused in between, served again, but only seconds later");
  }

  private static Instant end(byte[] leaf) {
    return Certificate.getInstance(leaf).getEndDate().getDate().toInstant();
  }

  private static Optional<String> shownAfter(Bench bench, Instant end) throws IOException {
    try {
      TlsLink tls = bench.tls(bench.offer());
      return end(tls.serverChain().getFirst()).isAfter(end)
          ? Optional.of("a new certificate came although the authority is away")
          : Optional.of("shows a certificate that has ended");
    } catch (LinkClosed e) {
      bench.transcript().add("refused: %s", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  static Verdict outlived(Bench bench) throws IOException {
    Svid brief =
        bench
            .mint()
            .issue(
                LeafSpec.svid(bench.target().identity()).valid(Duration.ofMinutes(-5), SHORT_LIFE));
    H2Link h2 = bench.h2(TlsOffer.standard(brief));
    Tunnel tunnel = bench.tunnel(h2, Behaviour.ECHO);
    if (!H2Checks.echoes(bench, tunnel)) {
      return new Verdict.Error("positive control failed");
    }
    LockSupport.parkNanos(SHORT_LIFE.plusMillis(1_200).toNanos());
    boolean lives = works(() -> H2Checks.echoes(bench, tunnel));
    boolean more = lives && works(() -> H2Checks.echoes(bench, bench.tunnel(h2, Behaviour.ECHO)));
    return new Verdict.Recorded(
        "the open tunnel %s; a new one on the same connection is %s"
            .formatted(lives ? "lives on" : "is closed", more ? "served" : "refused"));
  }

  @FunctionalInterface
  private interface Use {
    boolean echoes() throws IOException;
  }

  private static boolean works(Use use) {
    try {
      return use.echoes();
    } catch (IOException e) {
      return false;
    }
  }
}
