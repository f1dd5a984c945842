package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.RevocationSpec;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.policy.Enforcement;
import dev.marrow.conformance.policy.Policy;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.RawHello;
import dev.marrow.conformance.wire.ResumingClient;
import dev.marrow.conformance.wire.ResumingClient.Resumable;
import dev.marrow.conformance.wire.TcpLink;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Group E: resumption and early data. */
final class ResumptionCases {
  private static final Duration SHORT_LIFE = Duration.ofSeconds(4);

  private ResumptionCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.RES, Tier.SVID, EnumSet.of(HBONE, WAYPOINT));
    list.add("RES-01", "a resumed connection is as good as a new one")
        .sent("two connections with one session cache")
        .must("both accepted; whether the second is resumed is recorded")
        .why("Clients that resume cannot connect.")
        .fix("Resume correctly, or hand out no tickets.")
        .source("RFC 8446 §4.6.1; RFC 9325 §3.4")
        .check(ResumptionCases::resumed);
    list.add("RES-02", "an expired certificate is not resumed")
        .sent("a certificate of four seconds; a second connection after its end")
        .must("refused")
        .why("A ticket keeps a certificate alive for days.")
        .fix("Judge the chain again on resumption, or hand out no tickets.")
        .source("RFC 9325 §3.4; RFC 8446 §4.6.1")
        .severity(CRITICAL)
        .needs(Tier.AUTHORITY)
        .cve("CVE-2022-21654")
        .check(ResumptionCases::expired);
    list.add("RES-03", "a revoked certificate is not resumed")
        .sent("a session; then its certificate is revoked; a second connection")
        .must("refused")
        .why("A ticket keeps a certificate alive for days.")
        .fix("Judge the chain again on resumption, or hand out no tickets.")
        .source("X509-SVID §5.1; RFC 9325 §3.4")
        .severity(CRITICAL)
        .level(Level.ISTIO)
        .hooks("crl")
        .within(Duration.ofSeconds(40))
        .check(ResumptionCases::revoked);
    list.add("RES-05", "a resumed connection keeps its identity")
        .sent("ALLOW for one identity; resumed connections of that one and of another")
        .must("accepted; denied")
        .why("Somebody gets in with another's ticket, or without any identity.")
        .fix("Take the identity of a resumed connection from its session, or hand out no tickets.")
        .source("RFC 8446 §4.6.1")
        .severity(CRITICAL)
        .level(Level.ISTIO)
        .hooks("policy")
        .check(ResumptionCases::sameIdentity);
    list.add("RES-08", "nothing is renegotiated")
        .sent("a hello of TLS 1.2, which alone knows renegotiation")
        .must("refused")
        .why("Requests move from one identity to another in the middle of a connection.")
        .fix("Speak TLS 1.3 only.")
        .source("RFC 9113 §9.2.1; RFC 9325 §3.5")
        .severity(HIGH)
        .check(ResumptionCases::renegotiation);
    list.add("RES-09", "no resumption without a new key share")
        .sent("a hello that offers psk_ke alone")
        .must("a full handshake with a key share, or none")
        .why("Whoever learns the ticket's key later reads what was said.")
        .fix("Allow psk_dhe_ke only.")
        .source("RFC 9325 §7.3; RFC 8446 §4.2.9")
        .check(LegacyChecks::pskWithoutKeyShare);
    list.add("RES-06", "early data reaches nobody")
        .sent("a hello with early_data and bytes behind it")
        .must("nothing reaches the application")
        .why("Early data can be replayed by anybody who saw it.")
        .fix("Accept no early data.")
        .source("RFC 8446 §8; RFC 9325 §3.10")
        .severity(HIGH)
        .check(ResumptionCases::earlyData);
    return list.cases();
  }

  private static Verdict resumed(Bench bench) throws IOException {
    ResumingClient client = new ResumingClient(bench.svid());
    long first = served(bench, client);
    long second = served(bench, client);
    if (first < 0 || second < 0) {
      return first < 0
          ? new Verdict.Error("positive control failed")
          : new Verdict.Fail("the second connection was refused");
    }
    return new Verdict.Pass(
        first == second ? "resumed and served" : "served after a full handshake: no resumption");
  }

  private static Verdict revoked(Bench bench) throws IOException, InterruptedException {
    Svid bad = bench.mint().issue(bench.leaf());
    ResumingClient client = new ResumingClient(bad);
    if (served(bench, client) < 0) {
      return new Verdict.Error("positive control failed");
    }
    RevocationSpec spec = RevocationSpec.empty().revoked(bad.chain().getFirst());
    Revocations.of(bench).apply(bench.mint().revocationList(spec));
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (served(bench, client) >= 0) {
      if (System.nanoTime() > deadline) {
        return new Verdict.Fail("served with a revoked certificate");
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    return new Verdict.Pass("refused");
  }

  private static Verdict sameIdentity(Bench bench) throws IOException, InterruptedException {
    ResumingClient alice =
        new ResumingClient(bench.mint().issue(LeafSpec.svid(PolicyChecks.ALICE)));
    ResumingClient bob = new ResumingClient(bench.mint().issue(LeafSpec.svid(PolicyChecks.BOB)));
    Enforcement enforcement = PolicyChecks.enforcement(bench);
    enforcement.apply(List.of());
    if (served(bench, alice) < 0 || served(bench, bob) < 0) {
      return new Verdict.Error("positive control failed");
    }
    enforcement.apply(List.of(Policy.allow("allow", PolicyChecks.principal(PolicyChecks.ALICE))));
    if (served(bench, alice) < 0) {
      return new Verdict.Fail("the allowed one is denied once resumed");
    }
    return served(bench, bob) < 0
        ? new Verdict.Pass("each keeps its identity")
        : new Verdict.Fail("the other one is accepted once resumed");
  }

  private static Verdict renegotiation(Bench bench) {
    return bench.attempt(bench.offer().tls12()).echoed()
        ? new Verdict.Skip("TLS 1.2 is spoken; the kit has no client that renegotiates")
        : new Verdict.Pass("TLS 1.2 is not spoken at all");
  }

  private static Verdict expired(Bench bench) throws IOException {
    Svid brief = bench.mint().issue(bench.leaf().valid(Duration.ofMinutes(-5), SHORT_LIFE));
    long end = System.nanoTime() + SHORT_LIFE.plusMillis(1_200).toNanos();
    ResumingClient client = new ResumingClient(brief);
    if (served(bench, client) < 0) {
      return new Verdict.Error("positive control failed");
    }
    // The end of a certificate is a matter of the wall clock: nothing to wait for but time.
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    return served(bench, client) < 0
        ? new Verdict.Pass("refused")
        : new Verdict.Fail("served with a certificate that has ended");
  }

  /** The session with which a nonce came back; negative when the connection was refused. */
  private static long served(Bench bench, ResumingClient client) {
    try {
      Resumable link = bench.keep(client.open(bench.tcp(), bench.transcript()));
      H2Link h2 = bench.keep(new H2Link(link, bench.transcript())).begin(bench.patience());
      boolean echoed = H2Checks.echoes(bench, bench.tunnel(h2, Behaviour.ECHO));
      long session = link.session();
      link.close();
      return echoed ? session : -1;
    } catch (IOException e) {
      bench.transcript().add("refused: %s", String.valueOf(e.getMessage()));
      return -1;
    }
  }

  private static Verdict earlyData(Bench bench) throws IOException {
    bench.backend().settle(Behaviour.ECHO);
    int before = bench.backend().count();
    TcpLink tcp = bench.tcp();
    byte[] hello = new RawHello().extension(42, new byte[0]).bytes();
    try {
      tcp.write(Frames.concat(hello, RawHello.record(23, new byte[200])));
      tcp.read(bench.patience());
    } catch (LinkClosed e) {
      bench.transcript().add("closed: %s", String.valueOf(e.getMessage()));
    }
    bench.backend().settle(Behaviour.ECHO);
    if (bench.backend().count() > before) {
      return new Verdict.Fail("the application saw a connection");
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass("nothing reached the application")
        : new Verdict.Error("positive control failed afterwards");
  }
}
