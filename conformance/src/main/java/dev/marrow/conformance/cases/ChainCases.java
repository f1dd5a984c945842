package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.SHOULD;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.MTLS;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;
import static dev.marrow.conformance.Severity.LOW;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.TlsOffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Group B: the client's certificate chain. */
final class ChainCases {
  private ChainCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.CRT, Tier.AUTHORITY, EnumSet.of(HBONE, WAYPOINT, MTLS));
    paths(list);
    usages(list);
    ChainEncodingCases.addTo(list);
    return list.cases();
  }

  private static void paths(CaseList list) {
    list.add("CRT-01", "a leaf of a trusted root is accepted")
        .sent("a leaf signed by the root in the bundle")
        .must("accepted")
        .why("A target that refuses everything is not safe, it is down.")
        .fix("Load the bundle that the peers use.")
        .source("X509-SVID §5.1")
        .severity(CRITICAL)
        .quick()
        .check(bench -> Judge.accepted(bench.attempt(Show.leaf(bench, bench.leaf()))));
    list.add("CRT-02", "a leaf below an intermediate is accepted")
        .sent("leaf and intermediate in one Certificate message")
        .must("accepted")
        .why(
            "Authorities sign with intermediates; without them no certificate can be rotated safely.")
        .fix("Build the path from what the peer sends.")
        .source("X509-SVID §3.2, §5.1")
        .severity(CRITICAL)
        .deep()
        .check(bench -> Judge.accepted(bench.attempt(Show.below(bench, Show.intermediate()))));
    list.add("CRT-03", "a missing intermediate is not guessed")
        .sent("a leaf of an intermediate, the intermediate left out")
        .must("refused with unknown_ca")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §6.1")
        .severity(HIGH)
        .deep()
        .check(bench ->
            ChainChecks.refusedBelow(
                bench, Show.leafOnly(bench, Show.intermediate()), Alert.UNKNOWN_CA));
    list.add("CRT-04", "an odd order or extra certificates never make a bad path good")
        .sent("an unrelated certificate between leaf and intermediate")
        .must("recorded; accepted only if a valid path exists")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 8446 §4.4.2")
        .level(SHOULD)
        .severity(LOW)
        .deep()
        .check(ChainChecks::oddOrder);
    list.add("CRT-05", "no certificate, no service")
        .sent("an empty Certificate message")
        .must("refused with certificate_required")
        .why("Anybody on the network becomes a client.")
        .fix("Require the client certificate, do not only request it.")
        .source("RFC 8446 §4.4.2.4; HBONE")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                bench.offer().withCredential(Optional.empty()),
                Alert.CERTIFICATE_REQUIRED,
                Alert.HANDSHAKE_FAILURE,
                Alert.BAD_CERTIFICATE));
    list.add("CRT-06", "an impostor authority of the same name is not trusted")
        .sent("a leaf of another authority with the same subject name")
        .must("refused with unknown_ca")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Compare keys, not names.")
        .source("RFC 5280 §6.1; X509-SVID §5.1")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.impostor(bench),
                Alert.UNKNOWN_CA,
                Alert.DECRYPT_ERROR,
                Alert.BAD_CERTIFICATE));
    list.add("CRT-07", "a self-signed leaf is refused")
        .sent("a leaf signed by its own key")
        .must("refused with unknown_ca")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §6.1")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                TlsOffer.standard(Mint.selfSigned(bench.leaf())),
                Alert.UNKNOWN_CA,
                Alert.BAD_CERTIFICATE));
    list.add("CRT-08", "an expired leaf is refused")
        .sent("a leaf that ended a second ago, and one that ended a day ago")
        .must("refused with certificate_expired")
        .why("A stolen key stays useful for ever.")
        .fix("Check notAfter at every handshake.")
        .source("RFC 5280 §4.1.2.5")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            ChainChecks.both(
                bench,
                Show.valid(bench, Duration.ofDays(-2), Duration.ofDays(-1)),
                Show.valid(bench, Duration.ofHours(-1), Duration.ofSeconds(-2)),
                Alert.CERTIFICATE_EXPIRED));
    list.add("CRT-09", "a leaf from the future is refused")
        .sent("a leaf that begins in an hour")
        .must("refused; a minute of skew is recorded")
        .why("Certificates issued ahead of time become valid early.")
        .fix("Check notBefore.")
        .source("RFC 5280 §4.1.2.5")
        .severity(HIGH)
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.valid(bench, Duration.ofHours(1), Duration.ofHours(2)),
                Alert.CERTIFICATE_EXPIRED,
                Alert.BAD_CERTIFICATE,
                Alert.CERTIFICATE_UNKNOWN));
    list.add("CRT-10", "an expired intermediate is refused")
        .sent("a valid leaf below an expired intermediate")
        .must("refused")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §6.1.3")
        .severity(HIGH)
        .deep()
        .check(bench ->
            ChainChecks.refusedBelow(
                bench,
                Show.below(
                    bench, Show.intermediate().valid(Duration.ofDays(-2), Duration.ofDays(-1))),
                Alert.CERTIFICATE_EXPIRED));
  }

  private static void usages(CaseList list) {
    list.add("CRT-12", "a server-only certificate is no client certificate")
        .sent("extended key usage serverAuth alone")
        .must("refused")
        .why("A leaked server key becomes a client identity.")
        .fix("Check id-kp-clientAuth when the extension is there.")
        .source("RFC 5280 §4.2.1.12; X509-SVID §4.4")
        .severity(HIGH)
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.leaf(bench, bench.leaf().purposes(KeyPurposeId.id_kp_serverAuth)),
                Alert.UNSUPPORTED_CERTIFICATE,
                Alert.BAD_CERTIFICATE,
                Alert.CERTIFICATE_UNKNOWN));
    list.add("CRT-13", "extended key usage may be absent")
        .sent("no extended key usage extension")
        .must("accepted")
        .why("The extension is a SHOULD for an SVID.")
        .fix("Treat its absence as any usage.")
        .source("X509-SVID §4.4")
        .check(bench -> Judge.accepted(bench.attempt(Show.leaf(bench, bench.leaf().purposes()))));
    list.add("CRT-14", "a code-signing certificate is no client certificate")
        .sent("extended key usage codeSigning alone")
        .must("refused")
        .why("Certificates made for one purpose are used for another.")
        .fix("Check the extension.")
        .source("RFC 5280 §4.2.1.12")
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.leaf(bench, bench.leaf().purposes(KeyPurposeId.id_kp_codeSigning)),
                Alert.UNSUPPORTED_CERTIFICATE,
                Alert.BAD_CERTIFICATE,
                Alert.CERTIFICATE_UNKNOWN));
    list.add("CRT-15", "a leaf that is an authority is refused")
        .profiles(HBONE, WAYPOINT)
        .sent("a leaf with basicConstraints cA=true")
        .must("refused")
        .why("Its holder could sign further identities.")
        .fix("Refuse cA=true in a leaf.")
        .source("X509-SVID §4.1, §5.2")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.leaf(bench, bench.leaf().authority(true)),
                Alert.BAD_CERTIFICATE,
                Alert.UNSUPPORTED_CERTIFICATE,
                Alert.CERTIFICATE_UNKNOWN));
    list.add("CRT-16", "a leaf that may sign certificates or CRLs is refused")
        .profiles(HBONE, WAYPOINT)
        .sent("keyUsage with keyCertSign; then with cRLSign")
        .must("refused")
        .why("Its holder could sign further identities, or revoke others.")
        .fix("Refuse both bits in a leaf.")
        .source("X509-SVID §4.3, §5.2")
        .severity(HIGH)
        .check(bench ->
            ChainChecks.both(
                bench,
                Show.leaf(
                    bench, bench.leaf().keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
                Show.leaf(
                    bench, bench.leaf().keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign)),
                Alert.BAD_CERTIFICATE));
    list.add("CRT-17", "a leaf that may not sign handshakes is refused")
        .profiles(HBONE, WAYPOINT)
        .sent("keyUsage keyEncipherment alone; then no keyUsage at all")
        .must("refused")
        .why("The key was not made to prove an identity.")
        .fix("Require digitalSignature.")
        .source("X509-SVID §4.3; RFC 8446 §4.4.2.2")
        .check(bench ->
            ChainChecks.both(
                bench,
                Show.leaf(bench, bench.leaf().keyUsage(KeyUsage.keyEncipherment)),
                Show.leaf(bench, bench.leaf().keyUsage(0)),
                Alert.BAD_CERTIFICATE));
    list.add("CRT-18", "an intermediate that is no authority is refused")
        .sent("an intermediate with cA=false")
        .must("refused")
        .why("Any workload could issue identities of any other.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §6.1.4 (k)")
        .severity(CRITICAL)
        .quick()
        .deep()
        .check(bench ->
            ChainChecks.refusedBelow(
                bench,
                Show.below(bench, Show.intermediate().authority(false)),
                Alert.UNKNOWN_CA,
                Alert.BAD_CERTIFICATE));
    list.add("CRT-19", "an intermediate without keyCertSign is refused")
        .sent("an intermediate whose keyUsage is digitalSignature")
        .must("refused")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §6.1.4 (n)")
        .severity(HIGH)
        .deep()
        .check(bench ->
            ChainChecks.refusedBelow(
                bench,
                Show.below(bench, Show.intermediate().keyUsage(KeyUsage.digitalSignature)),
                Alert.UNKNOWN_CA,
                Alert.BAD_CERTIFICATE));
    list.add("CRT-20", "a path longer than allowed is refused")
        .sent("two intermediates below one with pathLenConstraint 0")
        .must("refused")
        .why("A limited authority extends itself.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §4.2.1.9")
        .severity(HIGH)
        .deep()
        .check(bench ->
            ChainChecks.refusedBelow(
                bench, Show.tooDeep(bench), Alert.UNKNOWN_CA, Alert.BAD_CERTIFICATE));
    list.add("CRT-21", "name constraints of an authority hold")
        .sent("an intermediate that may only name another trust domain")
        .must("refused; refusing the constraint itself is fine, ignoring it is not")
        .why("An authority limited to one trust domain speaks for all.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §4.2.1.10; X509-SVID §4.2")
        .cve("RUSTSEC-2026-0098", "RUSTSEC-2026-0099")
        .severity(CRITICAL)
        .deep()
        .check(bench ->
            ChainChecks.refusedBelow(
                bench,
                Show.constrained(bench),
                Alert.BAD_CERTIFICATE,
                Alert.UNSUPPORTED_CERTIFICATE,
                Alert.CERTIFICATE_UNKNOWN,
                Alert.UNKNOWN_CA));
  }
}
