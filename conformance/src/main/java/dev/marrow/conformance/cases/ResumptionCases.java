package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.mint.Svid;
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
  private static long served(Bench bench, ResumingClient client) throws IOException {
    try {
      Resumable link = bench.keep(client.open(bench.tcp(), bench.transcript()));
      H2Link h2 = bench.keep(new H2Link(link, bench.transcript())).begin(bench.patience());
      boolean echoed = H2Checks.echoes(bench, bench.tunnel(h2, Behaviour.ECHO));
      long session = link.session();
      link.close();
      return echoed ? session : -1;
    } catch (LinkClosed e) {
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
