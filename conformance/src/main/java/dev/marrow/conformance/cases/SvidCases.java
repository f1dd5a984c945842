package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.ISTIO;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Judge;
import java.util.EnumSet;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;

/** Group C: SPIFFE identity rules. */
final class SvidCases {
  private SvidCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.SVID, Tier.AUTHORITY, EnumSet.of(HBONE, WAYPOINT));
    names(list);
    spelling(list);
    return list.cases();
  }

  private static void names(CaseList list) {
    list.add("SVID-01", "other kinds of names beside the URI are fine")
        .sent("one SPIFFE URI, a DNS name, an address and an e-mail")
        .must("accepted")
        .why("Real authorities add DNS names for old peers.")
        .fix("Look at the URI names only.")
        .source("X509-SVID §2")
        .severity(CRITICAL)
        .check(bench ->
            Judge.accepted(
                bench.attempt(
                    Show.leaf(
                        bench,
                        bench
                            .leaf()
                            .name(new GeneralName(GeneralName.dNSName, "kit.example"))
                            .name(new GeneralName(GeneralName.iPAddress, "198.51.100.9"))
                            .name(new GeneralName(GeneralName.rfc822Name, "kit@kit.example"))))));
    list.add("SVID-02", "a certificate without a URI is refused")
        .sent("a good certificate that has no URI SAN")
        .must("refused")
        .why("The peer has no identity; any rule about identities is meaningless for it.")
        .fix("Refuse unless there is exactly one URI SAN and it is a SPIFFE id.")
        .source("X509-SVID §2")
        .severity(CRITICAL)
        .quick()
        .check(bench -> Judge.refusedAfterControl(bench, Show.leaf(bench, LeafSpec.nameless())));
    list.add("SVID-03", "a certificate with two SPIFFE ids is refused")
        .sent("two SPIFFE URIs, the allowed one first, then last")
        .must("refused both times")
        .why(
            "Two readers pick two different identities; a policy is checked against one and the log shows the other.")
        .fix("Count the URI SANs before reading one.")
        .source("X509-SVID §2, §5.2")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    Show.leaf(bench, bench.leaf().uri("spiffe://cluster.local/ns/other/sa/other")),
                    Show.leaf(
                        bench,
                        LeafSpec.svid("spiffe://cluster.local/ns/other/sa/other")
                            .uri(bench.target().identity())))));
    list.add("SVID-04", "one SPIFFE URI and one other URI are refused")
        .sent("a SPIFFE URI and an https URI")
        .must("refused")
        .why("The standard counts URIs, not SPIFFE URIs.")
        .fix("Count all URI SANs.")
        .source("X509-SVID §2")
        .severity(CRITICAL)
        .check(bench ->
            Judge.refusedAfterControl(
                bench, Show.leaf(bench, bench.leaf().uri("https://kit.example/"))));
    list.add("SVID-05", "a URI that is no SPIFFE id is refused")
        .sent("only an https URI; only a urn")
        .must("refused")
        .why("The peer has no identity.")
        .fix("Require the spiffe scheme.")
        .source("X509-SVID §5.2")
        .severity(CRITICAL)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(bench, "https://kit.example/ns/a/sa/b"),
                    ChainChecks.uris(bench, "urn:kit:a"))));
    list.add("SVID-06", "a trust domain alone is no workload")
        .sent("spiffe://cluster.local and spiffe://cluster.local/ as a leaf")
        .must("refused")
        .why("The identity of an authority is used by a workload.")
        .fix("Require a path in a leaf.")
        .source("X509-SVID §3.1, §5.2")
        .severity(HIGH)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(bench, "spiffe://cluster.local"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/"))));
    list.add("SVID-13", "another trust domain is refused")
        .sent("a leaf of our own authority that names another trust domain")
        .must("refused")
        .why("An authority of one domain speaks for another.")
        .fix("Compare the trust domain with the roots it was verified with.")
        .source("SPIFFE Federation §7.3; HBONE")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(
                        bench, "spiffe://elsewhere.example/ns/default/sa/conformance"))));
    list.add("SVID-16", "a SPIFFE text anywhere else is no identity")
        .sent("the id in the common name, in a DNS name and in a directory name")
        .must("refused")
        .why("The identity is read from a place that nobody vouches for.")
        .fix("Read URI SANs only.")
        .source("X509-SVID §2")
        .cve("CVE-2025-66220")
        .severity(CRITICAL)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    Show.leaf(
                        bench,
                        LeafSpec.nameless()
                            .subject("CN=spiffe://cluster.local/ns/default/sa/conformance")),
                    Show.leaf(
                        bench,
                        LeafSpec.nameless()
                            .name(
                                new GeneralName(
                                    GeneralName.dNSName,
                                    "spiffe://cluster.local/ns/default/sa/conformance"))),
                    Show.leaf(
                        bench,
                        LeafSpec.nameless()
                            .name(
                                new GeneralName(
                                    GeneralName.directoryName,
                                    "CN=spiffe://cluster.local/ns/default/sa/conformance"))))));
    list.add("SVID-17", "a SPIFFE id that is not of the mesh's form has one documented meaning")
        .sent("spiffe://cluster.local/some/other/path")
        .must("recorded: refused, or accepted with exactly that identity")
        .why("An identity that reads as empty matches rules about presence.")
        .fix("Refuse it, or keep the whole id as the principal.")
        .source("HBONE")
        .level(ISTIO)
        .severity(HIGH)
        .check(bench -> {
          Attempt attempt =
              bench.attempt(ChainChecks.uris(bench, "spiffe://cluster.local/some/other/path"));
          return new Verdict.Recorded(attempt.echoed() ? "accepted" : "refused: " + attempt.how());
        });
    list.add("SVID-18", "an empty subject is fine")
        .sent("an empty subject with a critical SAN")
        .must("accepted")
        .why("The subject says nothing about a workload.")
        .fix("Take names from the SAN only.")
        .source("X509-SVID §3.1; RFC 5280 §4.1.2.6")
        .check(bench -> Judge.accepted(bench.attempt(Show.leaf(bench, bench.leaf().subject("")))));
    list.add("SVID-19", "the id of an authority does not matter")
        .sent("leaves below an intermediate without an id, and below one of another trust domain")
        .must("accepted")
        .why("Good callers of a well-made authority are refused.")
        .fix("Read the id of the leaf only.")
        .source("X509-SVID §3.2")
        .level(dev.marrow.conformance.Level.SHOULD)
        .severity(dev.marrow.conformance.Severity.LOW)
        .deep()
        .check(bench -> {
          dev.marrow.conformance.run.Attempt without =
              bench.attempt(Show.below(bench, Show.intermediate()));
          return without.echoed()
              ? dev.marrow.conformance.run.Judge.accepted(
                  bench.attempt(
                      Show.below(bench, Show.intermediate().uri("spiffe://elsewhere.example"))))
              : dev.marrow.conformance.run.Judge.accepted(without);
        });
    list.add("SVID-20", "odd trust domains are never normalised into another")
        .sent("a look-alike letter, an underscore, an address as trust domain")
        .must("refused: none of them is ours")
        .why(
            "A second spelling of an identity slips past a DENY rule, or two readers see two identities.")
        .fix("Parse exactly as the SPIFFE-ID standard says; decode, fold and trim nothing.")
        .source("SPIFFE-ID §2.1, §2.3")
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(bench, "spiffe://c1uster.local/ns/default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster_local/ns/default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://127.0.0.1/ns/default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster.local./ns/default/sa/conformance"))));
  }

  private static void spelling(CaseList list) {
    list.add("SVID-07", "upper case is not folded into another identity")
        .sent("SPIFFE://cluster.local/… and spiffe://CLUSTER.LOCAL/…")
        .must("refused, or equal to the lower-case identity; never a third identity")
        .why(
            "A second spelling of an identity slips past a DENY rule, or two readers see two identities.")
        .fix("Parse exactly as the SPIFFE-ID standard says; decode, fold and trim nothing.")
        .source("SPIFFE-ID §2.1, §2.4")
        .severity(CRITICAL)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(bench, "SPIFFE://cluster.local/ns/default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://CLUSTER.LOCAL/ns/default/sa/conformance"))));
    list.add("SVID-08", "dot segments and empty segments are refused")
        .sent("//, /./, /../ and a trailing slash in the path")
        .must("refused")
        .why(
            "A second spelling of an identity slips past a DENY rule, or two readers see two identities.")
        .fix("Parse exactly as the SPIFFE-ID standard says; decode, fold and trim nothing.")
        .source("SPIFFE-ID §2.2")
        .severity(CRITICAL)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns//sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/./default/sa/conformance"),
                    ChainChecks.uris(
                        bench, "spiffe://cluster.local/ns/x/../default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/conformance/"))));
    list.add("SVID-09", "percent-encoding is refused")
        .sent("%2e, %2F and %41 in the path, % in the trust domain")
        .must("refused")
        .why(
            "A second spelling of an identity slips past a DENY rule, or two readers see two identities.")
        .fix("Parse exactly as the SPIFFE-ID standard says; decode, fold and trim nothing.")
        .source("SPIFFE-ID §2.1, §2.2")
        .severity(CRITICAL)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/%2e"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default%2Fsa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/%41"),
                    ChainChecks.uris(
                        bench, "spiffe://cluster%2elocal/ns/default/sa/conformance"))));
    list.add("SVID-10", "user, port, query and fragment are refused")
        .sent("each of the four in turn")
        .must("refused")
        .why(
            "A second spelling of an identity slips past a DENY rule, or two readers see two identities.")
        .fix("Parse exactly as the SPIFFE-ID standard says; decode, fold and trim nothing.")
        .source("SPIFFE-ID §2, §2.1")
        .severity(HIGH)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(
                        bench, "spiffe://user@cluster.local/ns/default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster.local:443/ns/default/sa/conformance"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/conformance?a=b"),
                    ChainChecks.uris(
                        bench, "spiffe://cluster.local/ns/default/sa/conformance#f"))));
    list.add("SVID-11", "control characters and foreign characters are refused")
        .sent("NUL, CR LF, a space, an exclamation mark in the path")
        .must("refused")
        .why("A log line is forged, or a reader stops at the NUL and sees another identity.")
        .fix("Parse exactly as the SPIFFE-ID standard says; decode, fold and trim nothing.")
        .source("SPIFFE-ID §2.2")
        .cve("CVE-2026-47778", "CVE-2025-66220")
        .severity(CRITICAL)
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(
                    ChainChecks.uris(
                        bench, "spiffe://cluster.local/ns/default/sa/conformance\0.evil"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/a\r\nb"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/a b"),
                    ChainChecks.uris(bench, "spiffe://cluster.local/ns/default/sa/a!"))));
    list.add("SVID-12", "a very long id is refused cleanly")
        .sent("an id of 64 KiB")
        .must("refused, without a crash")
        .why("An unbounded name fills logs and metric labels.")
        .fix("Limit ids to 2048 bytes.")
        .source("SPIFFE-ID §2.3")
        .check(bench ->
            ChainChecks.all(
                bench,
                List.of(ChainChecks.uris(bench, "spiffe://cluster.local/" + "a".repeat(65_000)))));
  }
}
