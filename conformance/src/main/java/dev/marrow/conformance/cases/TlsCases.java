package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.MTLS;
import static dev.marrow.conformance.Profile.WAYPOINT;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;
import java.util.EnumSet;
import java.util.List;
import org.bouncycastle.tls.ProtocolVersion;

/** Group A: the TLS protocol. */
final class TlsCases {
  private TlsCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.TLS, Tier.SVID, EnumSet.of(HBONE, WAYPOINT, MTLS));
    list.add("TLS-01", "a good client gets through")
        .sent(
            "TLS 1.3, X25519, AES-128-GCM, ALPN h2, a valid certificate, CONNECT to the application")
        .must("200, and a nonce comes back from the application")
        .why("Without it nothing else in this report means anything.")
        .fix("Run `doctor`: wrong bundle, clock, ALPN or application address.")
        .source("RFC 8446 §9.1; HBONE")
        .severity(Severity.CRITICAL)
        .quick()
        .check(bench -> Judge.accepted(bench.attempt(bench.offer())));
    list.add("TLS-04", "TLS 1.1 and older are refused")
        .sent("a ClientHello that offers TLS 1.1 at most")
        .must("refused with protocol_version")
        .why("Old versions have broken ciphers and no downgrade protection.")
        .fix("Allow TLS 1.3 only.")
        .source("RFC 8996; RFC 9325 §3.1.1")
        .severity(Severity.HIGH)
        .quick()
        .check(bench ->
            Judge.refusedAfterControl(
                bench, bench.offer().withVersions(ProtocolVersion.TLSv11), Alert.PROTOCOL_VERSION));
    return list.cases();
  }

  static Attempt control(dev.marrow.conformance.run.Bench bench) {
    return bench.attempt(bench.offer());
  }
}
