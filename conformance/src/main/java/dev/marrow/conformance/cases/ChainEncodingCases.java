package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.HARDENING;
import static dev.marrow.conformance.Level.SHOULD;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;

/** Group B, second part: extensions, keys, signatures and the encoding of certificates. */
final class ChainEncodingCases {
  private ChainEncodingCases() {}

  static void addTo(CaseList list) {
    list.add("CRT-22", "an unknown critical extension is refused")
        .sent("a critical extension nobody knows, in the leaf; then in the intermediate")
        .must("refused")
        .why("Critical means: do not use the certificate unless you understand this.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §4.2")
        .deep()
        .check(bench ->
            ChainChecks.both(
                bench,
                Show.leaf(bench, bench.leaf().unknownCritical()),
                Show.below(bench, Show.intermediate().unknownCritical()),
                Alert.UNSUPPORTED_CERTIFICATE));
    list.add("CRT-23", "weak keys are refused")
        .sent("an RSA-1024 leaf")
        .must("refused")
        .why("The key can be computed.")
        .fix("Set a minimum key strength.")
        .source("RFC 9325 §4.5; SP 800-52r2 §3.2")
        .severity(HIGH)
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.leaf(bench, bench.leaf().key(LeafSpec.KeyKind.RSA_1024)),
                Alert.BAD_CERTIFICATE,
                Alert.UNSUPPORTED_CERTIFICATE,
                Alert.ILLEGAL_PARAMETER));
    list.add("CRT-24", "SHA-1 signatures are refused")
        .sent("a leaf signed with SHA-1")
        .must("refused")
        .why("Collisions are affordable.")
        .fix("Disable SHA-1 in certificate signatures.")
        .source("RFC 8446 §4.4.2.4")
        .severity(HIGH)
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                Show.leaf(bench, bench.leaf().signature("SHA1withECDSA")),
                Alert.BAD_CERTIFICATE,
                Alert.UNSUPPORTED_CERTIFICATE));
    list.add("CRT-25", "a damaged signature is refused")
        .sent("one bit of the leaf signature flipped; one bit of the signed part flipped")
        .must("refused")
        .why(
            "The chain decides who the peer is; a chain that does not hold lets anybody be anybody.")
        .fix("Use a complete path validation (RFC 5280 §6), not a signature check alone.")
        .source("RFC 5280 §6.1.3")
        .severity(CRITICAL)
        .quick()
        .check(bench ->
            ChainChecks.both(
                bench, Show.flipped(bench, -1), Show.flipped(bench, 60), Alert.BAD_CERTIFICATE));
    list.add("CRT-26", "common key types are accepted")
        .sent("leaves with P-256 and RSA-2048; P-384 and Ed25519 recorded")
        .must("P-256 and RSA-2048 accepted")
        .why("Peers cannot connect.")
        .fix("Allow the algorithms of RFC 8446 §9.1.")
        .source("RFC 8446 §9.1")
        .level(SHOULD)
        .check(ChainChecks::keyTypes);
    list.add("CRT-27", "a monstrous chain costs little")
        .sent("a chain of 100 certificates")
        .must("refused quickly")
        .why("One handshake occupies a core.")
        .fix("Limit chain length and message size.")
        .source("RFC 8446 §4.4.2")
        .level(HARDENING)
        .cve("RUSTSEC-2023-0052", "CVE-2018-16875")
        .severity(HIGH)
        .check(bench -> Judge.refusedAfterControl(bench, Show.longChain(bench, 100)));
    list.add("CRT-28", "many ways up cost little")
        .sent("a leaf below twelve authorities that have signed one another, none of them trusted")
        .must("refused within a second")
        .why("Whoever can send certificates can keep a processor busy.")
        .fix("Limit the signatures checked for one path.")
        .source("RUSTSEC-2023-0053")
        .level(HARDENING)
        .severity(HIGH)
        .cve("RUSTSEC-2023-0053")
        .check(ChainChecks::crossSigned);
    list.add("CRT-29", "a certificate that is not DER is refused")
        .sent("trailing bytes behind the certificate; then a truncated one")
        .must("refused, without a crash")
        .why("Two parsers read two different certificates.")
        .fix("Parse strictly.")
        .source("RFC 5280 §4.1")
        .check(bench ->
            ChainChecks.both(
                bench, Show.mangled(bench, true), Show.mangled(bench, false), Alert.DECODE_ERROR));
  }
}
