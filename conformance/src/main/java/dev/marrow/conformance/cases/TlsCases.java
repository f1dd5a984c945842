package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.MTLS;
import static dev.marrow.conformance.Profile.TLS;
import static dev.marrow.conformance.Profile.WAYPOINT;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.TlsOffer.HelloShape;
import java.util.EnumSet;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureScheme;

/** Group A: the TLS protocol. */
final class TlsCases {
  private TlsCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.TLS, Tier.SVID, EnumSet.of(HBONE, WAYPOINT, MTLS));
    list.add("TLS-01", "a good client gets through")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent(
            "TLS 1.3, X25519, AES-128-GCM, ALPN h2, a valid certificate, CONNECT to the application")
        .must("200, and a nonce comes back from the application")
        .why("Without it nothing else in this report means anything.")
        .fix("Run `doctor`: wrong bundle, clock, ALPN or application address.")
        .source("RFC 8446 §9.1; HBONE")
        .severity(Severity.CRITICAL)
        .quick()
        .check(bench -> Judge.accepted(bench.attempt(bench.offer())));
    hello(list);
    protocols(list);
    return list.cases();
  }

  private static void hello(CaseList list) {
    list.add("TLS-02", "AES-GCM suites work one by one")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("one handshake with each suite")
        .must("AES-128-GCM and AES-256-GCM accepted; ChaCha20 is recorded")
        .why("Peers with one suite cannot connect.")
        .fix("Offer both AES-GCM suites.")
        .source("RFC 8446 §9.1; RFC 9325 §4.3")
        .check(TlsChecks::suites);
    list.add("TLS-03", "weak and unknown suites are refused")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("TLS_AES_128_CCM_8_SHA256 alone")
        .must("refused with handshake_failure")
        .why("A tag of 64 bits can be forged.")
        .fix("Offer the AES-GCM suites only.")
        .source("RFC 8446 §4.1.1; RFC 9325 §4.2")
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                bench.offer().withSuites(CipherSuite.TLS_AES_128_CCM_8_SHA256),
                Alert.HANDSHAKE_FAILURE));
    list.add("TLS-04", "TLS 1.1 and older are refused")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
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
    list.add("TLS-05", "TLS 1.2 is refused")
        .sent("a ClientHello that offers TLS 1.2 at most")
        .must("refused with protocol_version")
        .why("Certificates travel in the clear, and old options come back.")
        .fix("Allow TLS 1.3 only.")
        .source("HBONE; RFC 9325 §4.2")
        .level(dev.marrow.conformance.Level.ISTIO)
        .severity(Severity.HIGH)
        .check(bench ->
            Judge.refusedAfterControl(bench, bench.offer().tls12(), Alert.PROTOCOL_VERSION));
    list.add("TLS-06", "TLS 1.2 is not weaker than it has to be")
        .sent("hellos of TLS 1.2 with CBC suites, with static RSA")
        .must("refused")
        .why("Recorded traffic can be read once a key leaks; old padding can be guessed.")
        .fix("Offer ECDHE with AES-GCM only, or no TLS 1.2 at all.")
        .source("RFC 9113 §9.2.2; RFC 9325 §4.1")
        .severity(Severity.HIGH)
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .check(LegacyChecks::weakTls12);
    list.add("TLS-07", "a downgrade to TLS 1.2 is marked")
        .sent("a hello without TLS 1.3")
        .must("refused, or a server random that ends in DOWNGRD and 01")
        .why("Somebody in the middle takes TLS 1.3 away unnoticed.")
        .fix("Leave the handshake to a library that marks it.")
        .source("RFC 8446 §4.1.3")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .check(LegacyChecks::downgradeSentinel);
    list.add("TLS-08", "P-256 alone is enough")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("one group at a time")
        .must("P-256 accepted, a group nobody uses refused; others recorded")
        .why("Peers under a compliance policy cannot connect, or hang.")
        .fix("Offer X25519 and P-256.")
        .source("RFC 8446 §9.1, §4.2.7")
        .check(TlsChecks::groups);
    list.add("TLS-09", "an empty key share leads to another hello")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("a ClientHello without any key share")
        .must("HelloRetryRequest, then accepted")
        .why("Peers that guess another group cannot connect.")
        .fix("Support HelloRetryRequest.")
        .source("RFC 8446 §4.1.4, §4.2.8")
        .check(bench -> Judge.accepted(bench.attempt(bench.offer().withKeyShares())));
    list.add("TLS-10", "bad key shares are refused")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("an X25519 share of zeros; a point that is not on P-256")
        .must("refused")
        .why("The secret is known to everybody.")
        .fix("Check points, and the secret for zero.")
        .source("RFC 8446 §4.2.8.2, §7.4.2")
        .severity(Severity.HIGH)
        .check(TlsChecks::badShares);
  }

  private static void protocols(CaseList list) {
    list.add("TLS-11", "h2 is found among other protocols")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("ALPN foo, http/1.1, h2")
        .must("h2 is selected")
        .why("Peers that list more protocols get another one.")
        .fix("Select by your own order, h2 first.")
        .source("RFC 7301 §3.2; RFC 9113 §3.2")
        .check(TlsChecks::alpnChoice);
    list.add("TLS-12", "HTTP/1.1 is not spoken")
        .sent("ALPN http/1.1 alone, then an HTTP/1.1 CONNECT")
        .must("refused with no_application_protocol; never served")
        .why("A second protocol has its own, unchecked way in.")
        .fix("Require h2.")
        .source("RFC 7301 §3.2; RFC 9325 §3.8")
        .severity(Severity.HIGH)
        .quick()
        .check(TlsChecks::onlyHttp1);
    list.add("TLS-13", "without ALPN nothing but HTTP/2 is spoken")
        .sent("no ALPN, then an HTTP/1.1 CONNECT")
        .must("refused, or HTTP/2 by prior knowledge; which one is recorded")
        .why("A second protocol has its own, unchecked way in.")
        .fix("Require h2.")
        .source("RFC 9113 §3.2")
        .severity(Severity.LOW)
        .check(TlsChecks::withoutAlpn);
    list.add("TLS-14", "a server name changes nothing")
        .sent("an unknown name, one of 255 bytes, an address; each with and without a certificate")
        .must("the same identity, and a certificate is asked for each time")
        .why("The certificate check depends on a text that the client chooses.")
        .fix("Ignore SNI.")
        .source("HBONE; RFC 6066 §3")
        .level(dev.marrow.conformance.Level.ISTIO)
        .severity(Severity.HIGH)
        .cve("CVE-2026-62243")
        .check(TlsChecks::serverNames);
    list.add("TLS-15", "a hello in pieces is judged like a whole one")
        .sent(
            "the ClientHello in one-byte segments, in three-byte records and in one-byte records; each with and without a certificate")
        .must("accepted with, refused without")
        .why("A reader that gives up on pieces falls back to settings without client certificates.")
        .fix("Reassemble before choosing settings.")
        .source("RFC 8446 §5.1")
        .severity(Severity.CRITICAL)
        .cve("CVE-2026-75595", "RUSTSEC-2024-0399")
        .check(TlsChecks::cutHellos);
    list.add("TLS-17", "silent connections are closed")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("nothing; half a ClientHello; a handshake that stops after the first flight")
        .must("closed within 10 s")
        .why("Connections that cost the client nothing use up descriptors.")
        .fix("Put a time limit on the handshake.")
        .source("hardening")
        .level(dev.marrow.conformance.Level.HARDENING)
        .severity(Severity.HIGH)
        .check(TlsChecks::silence);
    list.add("TLS-18", "impossible records are refused")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("a record of 2^14+257 bytes; an empty handshake record, which may also be waited on")
        .must("refused")
        .why("A parser that goes on reads something else than was sent.")
        .fix("Check lengths before buffering.")
        .source("RFC 8446 §5.1, §5.2")
        .check(TlsChecks::badRecords);
    list.add("TLS-19", "a damaged end of the handshake is refused")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("one bit of the flight with Finished turned over")
        .must("refused with bad_record_mac or decrypt_error")
        .why("Somebody in the middle changes the handshake.")
        .fix("Leave the handshake to a library.")
        .source("RFC 8446 §4.4.4, §5.2")
        .severity(Severity.CRITICAL)
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                bench.offer().withHelloShape(HelloShape.DAMAGED_FINISHED),
                Alert.DECRYPT_ERROR,
                new Alert(AlertDescription.bad_record_mac)));
    list.add("TLS-20", "the certificate needs its key")
        .sent("CertificateVerify of another key; one with a bit turned over")
        .must("refused with decrypt_error")
        .why("Certificates are public: anybody could show them.")
        .fix("Verify CertificateVerify.")
        .source("RFC 8446 §4.4.3")
        .severity(Severity.CRITICAL)
        .quick()
        .check(TlsChecks::otherKey);
    list.add("TLS-21", "a signature with SHA-1 is refused")
        .sent("CertificateVerify with ECDSA and SHA-1")
        .must("refused with illegal_parameter")
        .why("Weak signatures come in by another name.")
        .fix("Check the scheme against the key and the offer.")
        .source("RFC 8446 §4.2.3, §4.4.3")
        .severity(Severity.CRITICAL)
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                bench.offer().withSignatureScheme(SignatureScheme.ecdsa_sha1),
                Alert.ILLEGAL_PARAMETER));
    list.add("TLS-21b", "a scheme of another curve is refused")
        .sent("CertificateVerify that names ECDSA with P-384 for a P-256 key")
        .must("refused with illegal_parameter")
        .why("Key and scheme are no longer bound to one another.")
        .fix("Check the scheme against the key.")
        .source("RFC 8446 §4.2.3, §4.4.3")
        .check(bench ->
            Judge.refusedAfterControl(
                bench,
                bench.offer().withSignatureScheme(SignatureScheme.ecdsa_secp384r1_sha384),
                Alert.ILLEGAL_PARAMETER));
    list.add("TLS-22", "a certificate is asked for")
        .sent("a full handshake")
        .must("CertificateRequest with signature algorithms")
        .why("The server takes signatures that can be forged.")
        .fix("List modern algorithms only.")
        .source("RFC 8446 §4.3.2")
        .severity(Severity.HIGH)
        .quick()
        .check(TlsChecks::certificateRequest);
    list.add("TLS-22b", "no algorithm with SHA-1 is asked for")
        .sent("a full handshake")
        .must("CertificateRequest names no algorithm with SHA-1")
        .why("The server takes signatures that can be forged.")
        .fix("List modern algorithms only.")
        .source("RFC 8446 §4.2.3; RFC 9155 §2")
        .level(dev.marrow.conformance.Level.SHOULD)
        .check(TlsChecks::requestedSha1);
    list.add("TLS-24", "a cut connection is no clean end")
        .sent("FIN without close_notify while a tunnel is open")
        .must("the application connection is reset")
        .why("Whoever can send a FIN can cut data unnoticed.")
        .fix("Reset tunnels unless close_notify and END_STREAM came.")
        .source("RFC 8446 §6.1; RFC 9113 §8.5")
        .severity(Severity.HIGH)
        .profiles(HBONE, WAYPOINT)
        .check(TlsChecks::truncation);
    list.add("TLS-25", "unknown values are ignored")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("GREASE among suites and extensions")
        .must("accepted")
        .why("New clients cannot connect.")
        .fix("Ignore what you do not know.")
        .source("RFC 8701")
        .check(bench -> Judge.accepted(bench.attempt(bench.offer().withGrease())));
    list.add("TLS-26", "a malformed hello is refused")
        .profiles(HBONE, WAYPOINT, MTLS, TLS)
        .sent("an extension twice; compression methods beside null")
        .must("refused with illegal_parameter")
        .why("Two readers read two hellos.")
        .fix("Leave the handshake to a library that checks.")
        .source("RFC 8446 §4.2, §4.1.2")
        .severity(Severity.LOW)
        .check(TlsChecks::oddHellos);
    list.add("TLS-27", "plaintext is not answered")
        .sent("GET / and the HTTP/2 preface without TLS")
        .must("closed, no answer, the application sees nothing")
        .why("A port for encrypted traffic serves in the clear.")
        .fix("Close what is no TLS record.")
        .source("HBONE")
        .level(dev.marrow.conformance.Level.ISTIO)
        .severity(Severity.CRITICAL)
        .quick()
        .needs(Tier.ADDRESS)
        .check(TlsChecks::plaintext);
  }

  static Attempt control(dev.marrow.conformance.run.Bench bench) {
    return bench.attempt(bench.offer());
  }
}
