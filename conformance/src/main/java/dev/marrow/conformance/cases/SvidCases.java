package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.MTLS;
import static dev.marrow.conformance.Profile.WAYPOINT;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.TlsOffer;
import java.util.EnumSet;
import java.util.List;

/** Group C: SPIFFE identity rules. */
final class SvidCases {
  private SvidCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.SVID, Tier.AUTHORITY, EnumSet.of(HBONE, WAYPOINT, MTLS));
    list.add("SVID-02", "a certificate without a URI is refused")
        .sent("a good certificate that has no URI SAN")
        .must("refused")
        .why("The peer has no identity; any rule about identities is meaningless for it.")
        .fix("Refuse unless there is exactly one URI SAN and it is a SPIFFE id.")
        .source("X509-SVID §2")
        .severity(Severity.CRITICAL)
        .quick()
        .check(bench -> Judge.refusedAfterControl(bench, showing(bench, LeafSpec.nameless())));
    list.add("SVID-03", "a certificate with two SPIFFE ids is refused")
        .sent("two SPIFFE URIs, the allowed one first")
        .must("refused")
        .why(
            "Two readers pick two different identities; a policy is checked against one and the log shows the other.")
        .fix("Count the URI SANs before reading one.")
        .source("X509-SVID §2, §5.2")
        .severity(Severity.CRITICAL)
        .quick()
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                showing(bench, bench.leaf().uri("spiffe://cluster.local/ns/other/sa/other"))));
    return list.cases();
  }

  private static TlsOffer showing(Bench bench, LeafSpec spec) {
    return TlsOffer.standard(bench.mint().issue(spec));
  }
}
