package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.MTLS;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.RevocationSpec;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.tls.AlertDescription;

/** Revocation: of groups B and K. Needs the hook {@code crl}. */
final class RevocationCases {
  private static final Duration IN_FORCE = Duration.ofSeconds(15);
  private static final Duration CUT_WITHIN = Duration.ofSeconds(5);
  private static final Alert REVOKED = new Alert(AlertDescription.certificate_revoked);
  private static final int MANY = 100_000;

  private RevocationCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.CRT, Tier.CONTROL, EnumSet.of(HBONE, WAYPOINT, MTLS));
    draft(list, "CRT-30", "a revoked leaf is refused", CRITICAL)
        .sent("a leaf that is in the list of its authority; another leaf of the same authority")
        .must("refused with certificate_revoked; accepted")
        .source("RFC 5280 §6.3")
        .check(RevocationCases::leaf);
    draft(list, "CRT-31", "the leaves of a revoked intermediate are refused", CRITICAL)
        .sent("a leaf below an intermediate that is in the list of the root")
        .must("refused")
        .source("RFC 5280 §6.3")
        .deep()
        .check(RevocationCases::intermediate);
    draft(list, "CRT-32", "what happens without a valid list is known", Severity.MEDIUM)
        .sent("a list that has ended; one of another authority; leaves that neither names")
        .must("a leaf named by the ended list is refused; for the others the choice is recorded")
        .source("RFC 5280 §6.3.3")
        .check(RevocationCases::unknownStatus);
    draft(list, "CRT-33", "a long list is read", HIGH)
        .sent("100,000 entries, the leaf's the last")
        .must("refused; a leaf that is not listed is accepted")
        .source("RUSTSEC-2026-0049; RUSTSEC-2026-0104")
        .cve("RUSTSEC-2026-0049", "RUSTSEC-2026-0104")
        .check(RevocationCases::longList);
    return list.cases();
  }

  /** ROT-08, for the group of rotation. */
  static void connected(CaseList list) {
    draft(list, "ROT-08", "who is revoked while connected is cut off", CRITICAL)
        .profiles(HBONE)
        .sent("a list that names the leaf of an open connection; another caller is connected too")
        .must("closed within five seconds; the other lives")
        .source("RFC 5280 §6.3; HBONE")
        .check(RevocationCases::cutOff);
  }

  private static CaseList.Draft draft(CaseList list, String id, String title, Severity severity) {
    return list.add(id, title)
        .hooks("crl")
        .within(Duration.ofSeconds(40))
        .level(Level.ISTIO)
        .severity(severity)
        .why("A stolen key works until its certificate ends.")
        .fix("Check the whole path against current lists, and again when they change.");
  }

  private static Verdict leaf(Bench bench) throws IOException, InterruptedException {
    Svid bad = bench.mint().issue(bench.leaf());
    RevocationSpec spec = RevocationSpec.empty().revoked(bad.chain().getFirst());
    return refusedBy(bench, bench.mint().revocationList(spec), bad);
  }

  private static Verdict intermediate(Bench bench) throws IOException, InterruptedException {
    Mint below = bench.mint().intermediate(Show.intermediate());
    Svid bad = below.issue(bench.leaf());
    RevocationSpec spec = RevocationSpec.empty().revoked(below.certificate());
    return refusedBy(bench, bench.mint().revocationList(spec), bad);
  }

  private static Verdict longList(Bench bench) throws IOException, InterruptedException {
    Svid bad = bench.mint().issue(bench.leaf());
    RevocationSpec spec = RevocationSpec.empty().fillers(MANY).revoked(bad.chain().getFirst());
    return refusedBy(bench, bench.mint().revocationList(spec), bad);
  }

  private static Verdict refusedBy(Bench bench, byte[] list, Svid bad)
      throws IOException, InterruptedException {
    TlsOffer offer = TlsOffer.standard(bad);
    if (!bench.attempt(offer).echoed()) {
      return new Verdict.Error("positive control failed: refused before it was revoked");
    }
    Revocations.of(bench).apply(list);
    Attempt last = refused(bench, offer);
    if (last.echoed()) {
      return new Verdict.Fail("still accepted after " + IN_FORCE.toSeconds() + " s");
    }
    Attempt good = bench.attempt(TlsOffer.standard(bench.mint().issue(bench.leaf())));
    return good.echoed()
        ? Judge.refused(last, REVOKED)
        : new Verdict.Fail("a leaf that is not revoked is refused too: " + good.how());
  }

  /** The first attempt that is refused, or the last one. */
  private static Attempt refused(Bench bench, TlsOffer offer) {
    long deadline = System.nanoTime() + IN_FORCE.toNanos();
    Attempt attempt = bench.attempt(offer);
    // One that was under way when the list came into force may have got half of the way.
    while ((attempt.echoed() || attempt.reachedApplication()) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      attempt = bench.attempt(offer);
    }
    return attempt;
  }

  private static Verdict unknownStatus(Bench bench) throws IOException, InterruptedException {
    Svid named = bench.mint().issue(bench.leaf());
    RevocationSpec ended =
        RevocationSpec.empty()
            .revoked(named.chain().getFirst())
            .valid(Duration.ofHours(-2), Duration.ofHours(-1));
    byte[] foreign = Mint.root("O=elsewhere").revocationList(RevocationSpec.empty());
    Revocations.of(bench).apply(bench.mint().revocationList(ended), foreign);
    boolean namedRefused = !refused(bench, TlsOffer.standard(named)).echoed();
    boolean otherAccepted = bench.attempt(bench.offer()).echoed();
    return new Verdict.Recorded(
        "named by an ended list: %s; not named by any valid list: %s"
            .formatted(
                namedRefused ? "refused" : "accepted", otherAccepted ? "accepted" : "refused"));
  }

  private static Verdict cutOff(Bench bench) throws IOException, InterruptedException {
    Svid bad = bench.mint().issue(bench.leaf());
    H2Link cut = bench.h2(TlsOffer.standard(bad));
    H2Link other = bench.h2(bench.offerAs(PolicyChecks.BOB));
    Tunnel dies = bench.tunnel(cut, Behaviour.ECHO);
    Tunnel lives = bench.tunnel(other, Behaviour.ECHO);
    if (!H2Checks.echoes(bench, dies) || !H2Checks.echoes(bench, lives)) {
      return new Verdict.Error("positive control failed");
    }
    RevocationSpec spec = RevocationSpec.empty().revoked(bad.chain().getFirst());
    Revocations.of(bench).apply(bench.mint().revocationList(spec));
    boolean ended;
    try {
      ended =
          cut.await(
                  f -> f.is(Frame.GOAWAY) || f.is(Frame.RST_STREAM) && f.stream() == dies.stream(),
                  CUT_WITHIN)
              .isPresent();
    } catch (LinkClosed e) {
      ended = true;
    }
    if (!ended) {
      return new Verdict.Fail("still open after five seconds");
    }
    return H2Checks.echoes(bench, lives)
        ? new Verdict.Pass("cut off, the other lives")
        : new Verdict.Fail("another caller's tunnel died as well");
  }
}
