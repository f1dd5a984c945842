package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.hostile.Trait;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** Group D: the target is the client, the kit the server. Needs the hook {@code outbound}. */
final class ClientCases {
  private ClientCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.SRV, Tier.CONTROL, EnumSet.of(HBONE));
    identities(list);
    certificates(list);
    behaviour(list);
    return list.cases();
  }

  private static CaseList.Draft draft(CaseList list, String id, String title, Level level) {
    return list.add(id, title)
        .hooks("outbound")
        .level(level)
        .why("Whoever can redirect a connection reads and answers it.")
        .fix(
            "Judge the server as strictly as a client, and compare its identity with the expected one.");
  }

  private static void identities(CaseList list) {
    draft(list, "SRV-01", "a good server is dialled", Level.ISTIO)
        .sent("the expected identity")
        .must("CONNECT with the client's certificate, ALPN h2, no server name")
        .source("HBONE; RFC 6066 §3")
        .severity(Severity.CRITICAL)
        .check(bench -> ClientChecks.connects(bench));
    draft(list, "SRV-02", "another identity of the same trust domain is refused", Level.ISTIO)
        .sent("a valid chain for another account")
        .must("broken off in the handshake, no CONNECT")
        .source("HBONE")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(
                bench,
                Show.server(bench, LeafSpec.svid("spiffe://cluster.local/ns/default/sa/other"))));
    draft(list, "SRV-04f", "a server without an identity is refused", Level.MUST)
        .sent("no URI SAN")
        .must("broken off")
        .source("X509-SVID §2")
        .severity(Severity.CRITICAL)
        .check(bench -> ClientChecks.aborts(bench, Show.server(bench, LeafSpec.nameless())));
    draft(list, "SRV-04g", "a server with two identities is refused", Level.MUST)
        .sent("two SPIFFE URIs, the expected one first")
        .must("broken off")
        .source("X509-SVID §2, §5.2")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(
                bench,
                Show.server(
                    bench, ClientChecks.good().uri("spiffe://cluster.local/ns/default/sa/other"))));
    draft(list, "SRV-04h", "a server of another trust domain is refused", Level.MUST)
        .sent("the same path in another trust domain")
        .must("broken off")
        .source("SPIFFE Federation §7.3")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(
                bench,
                Show.server(
                    bench, LeafSpec.svid("spiffe://elsewhere.example/ns/default/sa/kit-server"))));
  }

  private static void certificates(CaseList list) {
    draft(list, "SRV-04a", "a server of an unknown authority is refused", Level.MUST)
        .sent("a chain of another authority with the same name")
        .must("broken off")
        .source("RFC 5280 §6.1")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(
                bench, Mint.root(bench.mint().subject()).issue(ClientChecks.good())));
    draft(list, "SRV-04b", "an expired server is refused", Level.MUST)
        .sent("a leaf that ended yesterday")
        .must("broken off")
        .source("RFC 5280 §4.1.2.5")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(
                bench,
                Show.server(
                    bench, ClientChecks.good().valid(Duration.ofDays(-2), Duration.ofDays(-1)))));
    draft(list, "SRV-04c", "a server from the future is refused", Level.MUST)
        .sent("a leaf that begins in an hour")
        .must("broken off")
        .source("RFC 5280 §4.1.2.5")
        .severity(Severity.HIGH)
        .check(bench ->
            ClientChecks.aborts(
                bench,
                Show.server(
                    bench, ClientChecks.good().valid(Duration.ofHours(1), Duration.ofHours(2)))));
    draft(list, "SRV-04d", "a server that is an authority is refused", Level.MUST)
        .sent("a leaf with cA=true")
        .must("broken off")
        .source("X509-SVID §4.1, §5.2")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(bench, Show.server(bench, ClientChecks.good().authority(true))));
    draft(list, "SRV-04i", "a server with a gap in its chain is refused", Level.MUST)
        .sent("a leaf of an intermediate, without the intermediate")
        .must("broken off")
        .source("RFC 5280 §6")
        .severity(Severity.HIGH)
        .deep()
        .check(bench -> {
          Svid whole = bench.mint().intermediate(Show.intermediate()).issue(ClientChecks.good());
          return ClientChecks.aborts(bench, new Svid(whole.chain().subList(0, 1), whole.key()));
        });
    draft(list, "SRV-04j", "a revoked server is refused", Level.ISTIO)
        .hooks("outbound", "crl")
        .sent("a leaf that is in the list of its authority")
        .must("broken off")
        .source("RFC 5280 §6.3")
        .severity(Severity.HIGH)
        .check(ClientChecks::revoked);
    draft(list, "SRV-04e", "a client-only certificate is no server certificate", Level.MUST)
        .sent("extended key usage clientAuth alone")
        .must("broken off")
        .source("RFC 5280 §4.2.1.12")
        .severity(Severity.HIGH)
        .check(bench ->
            ClientChecks.aborts(
                bench,
                Show.server(bench, ClientChecks.good().purposes(KeyPurposeId.id_kp_clientAuth))));
  }

  private static void behaviour(CaseList list) {
    draft(list, "SRV-05a", "a server of TLS 1.2 is refused", Level.ISTIO)
        .sent("TLS 1.2 alone")
        .must("broken off")
        .source("HBONE; RFC 8446 §4.1.3")
        .severity(Severity.HIGH)
        .check(bench ->
            ClientChecks.aborts(bench, bench.mint().issue(ClientChecks.good()), Trait.OLD_TLS));
    draft(list, "SRV-05b", "a server of HTTP/1.1 is refused", Level.MUST)
        .sent("ALPN http/1.1")
        .must("broken off")
        .source("RFC 7301 §3.2")
        .severity(Severity.HIGH)
        .check(bench ->
            ClientChecks.aborts(bench, bench.mint().issue(ClientChecks.good()), Trait.HTTP_1));
    draft(list, "SRV-05c", "what a server without ALPN gets is known", Level.ISTIO)
        .sent("no application protocol")
        .must("broken off, or HTTP/2 by prior knowledge; which one is recorded")
        .source("RFC 9113 §3.3")
        .severity(Severity.LOW)
        .check(bench -> ClientChecks.recorded(bench, Trait.NO_ALPN));
    draft(list, "SRV-07", "what a server that asks for no certificate gets is known", Level.ISTIO)
        .sent("no CertificateRequest")
        .must("whether the client goes on unauthenticated is recorded")
        .source("HBONE")
        .severity(Severity.MEDIUM)
        .check(bench -> ClientChecks.recorded(bench, Trait.ASKS_NO_CERTIFICATE));
    draft(list, "SRV-12", "a server that goes away at once is not stormed", Level.SHOULD)
        .sent("GOAWAY before any request, on every connection")
        .must("at most ten connections for one tunnel")
        .source("RFC 9113 §6.8")
        .severity(Severity.HIGH)
        .check(ClientChecks::goesAway);
    draft(list, "SRV-06", "an unrelated list of authorities does not matter", Level.SHOULD)
        .sent("CertificateRequest that names an authority nobody has")
        .must("CONNECT with the client's certificate")
        .source("RFC 8446 §4.2.4")
        .severity(Severity.HIGH)
        .check(bench -> ClientChecks.connects(bench, Trait.NAMES_UNRELATED_AUTHORITIES));
    draft(list, "SRV-08", "a failure never leads to plaintext", Level.ISTIO)
        .sent("the TCP connection is reset")
        .must("no byte in the clear")
        .source("HBONE")
        .severity(Severity.CRITICAL)
        .check(bench ->
            ClientChecks.aborts(
                bench, bench.mint().issue(ClientChecks.good()), Trait.RESETS_AT_ONCE));
    draft(list, "SRV-10", "a refused tunnel carries nothing", Level.MUST)
        .sent("503 for the CONNECT")
        .must("no tunnel bytes")
        .source("RFC 9110 §9.3.6")
        .severity(Severity.HIGH)
        .check(bench -> ClientChecks.holdsBack(bench, Trait.ANSWERS_503));
    draft(list, "SRV-11", "bytes wait for the answer", Level.MUST)
        .sent("a 200 that comes after three seconds")
        .must("no byte before it")
        .source("RFC 9110 §9.3.6")
        .severity(Severity.HIGH)
        .check(bench -> ClientChecks.holdsBack(bench, Trait.ANSWERS_LATE));
    draft(list, "RES-07", "nobody is asked for a certificate after the handshake", Level.MUST)
        .sent("a good handshake, then a CertificateRequest")
        .must("the client ends the connection")
        .source("RFC 9113 §9.2.3; RFC 8446 §4.6.2")
        .severity(Severity.MEDIUM)
        .check(ClientChecks::askedAgain);
  }
}
