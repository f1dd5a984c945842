package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.ISTIO;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;
import static dev.marrow.conformance.Severity.LOW;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.run.Judge;
import java.util.EnumSet;
import java.util.List;

/** Group H: CONNECT and where it may lead. */
final class ConnectCases {
  private ConnectCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.CON, Tier.SVID, EnumSet.of(HBONE, WAYPOINT));
    requests(list);
    destinations(list);
    answers(list);
    return list.cases();
  }

  private static void requests(CaseList list) {
    list.add("CON-01", "an address and a port in the authority are enough")
        .sent("CONNECT to the application")
        .must("200, and the nonce comes back")
        .why("The tunnel does not work.")
        .fix(
            "Parse the authority strictly: host, colon, decimal port from 1 to 65535, nothing else.")
        .source("RFC 9113 §8.5")
        .severity(CRITICAL)
        .quick()
        .check(bench -> Judge.accepted(bench.attempt(bench.offer())));
    list.add("CON-02", "CONNECT carries no scheme and no path")
        .sent("CONNECT with :scheme; with :path; with both")
        .must("malformed")
        .why("Two readers see two different requests.")
        .fix("Refuse :scheme and :path on CONNECT.")
        .source("RFC 9113 §8.5")
        .check(ConnectChecks::schemeAndPath);
    list.add("CON-03", "method and authority are there once")
        .sent("CONNECT without :authority; without :method; with two :authority")
        .must("malformed")
        .why("Two readers see two different requests.")
        .fix("Check pseudo-headers yourself if the library does not.")
        .source("RFC 9113 §8.3.1, §8.5")
        .severity(HIGH)
        .quick()
        .check(ConnectChecks::missingPseudo);
    list.add("CON-04", "a wrong port is refused")
        .sent("no port, an empty one, 0, 65536, +80, 0x50; an empty host")
        .must("400")
        .why("A lenient reader dials something else than the policy was checked for.")
        .fix(
            "Parse the authority strictly: host, colon, decimal port from 1 to 65535, nothing else.")
        .source("RFC 9110 §9.3.6")
        .check(ConnectChecks::wrongPorts);
    list.add("CON-05", "an authority with anything else in it is refused")
        .sent("user info, a path, a space, a tab, an address without brackets, a zone")
        .must("400, and no crash")
        .why("A lenient reader dials something else than the policy was checked for.")
        .fix(
            "Parse the authority strictly: host, colon, decimal port from 1 to 65535, nothing else.")
        .source("RFC 9110 §7.2")
        .severity(HIGH)
        .cve("CVE-2026-26310")
        .check(ConnectChecks::wrongAuthorities);
    list.add("CON-06", "other methods are not proxied")
        .sent("GET, POST, PUT, OPTIONS")
        .must("400 or 405; the application sees nothing")
        .why("A tunnel endpoint becomes an HTTP proxy.")
        .fix("Answer anything but CONNECT with an error.")
        .source("HBONE")
        .level(ISTIO)
        .severity(HIGH)
        .quick()
        .check(ConnectChecks::otherMethods);
    list.add("CON-07", "methods are case-sensitive")
        .sent("connect, Connect, and CONNECT with a space behind")
        .must("refused")
        .why("A policy about CONNECT is bypassed.")
        .fix("Compare methods exactly.")
        .source("RFC 9110 §9.1")
        .severity(HIGH)
        .cve("GHSA-w44g-8m76-8gc5")
        .check(ConnectChecks::methodCase);
    list.add("CON-08", ":protocol needs an announcement")
        .sent("CONNECT with :protocol websocket, though ENABLE_CONNECT_PROTOCOL was not announced")
        .must("malformed")
        .why("An upgrade is smuggled past whoever reads the request as a plain tunnel.")
        .fix("Refuse :protocol unless announced.")
        .source("RFC 8441 §3, §4")
        .check(ConnectChecks::extendedConnect);
  }

  private static void destinations(CaseList list) {
    list.add("CON-09", "only the workload behind the endpoint can be reached")
        .sent("an authority that is not this workload")
        .must("400 and no connection")
        .why("The endpoint is an open relay into the network.")
        .fix("Compare the authority with the workload behind this endpoint before dialling.")
        .source("HBONE; RFC 9110 §9.3.6")
        .level(ISTIO)
        .severity(CRITICAL)
        .quick()
        .check(ConnectChecks::foreignAddress);
    list.add("CON-10", "the proxy's own ports and odd addresses are refused")
        .sent("ports 15001, 15006, 15008, 15053; 0.0.0.0; 169.254.169.254")
        .must("refused")
        .why("The proxy calls itself, its administration or the metadata service.")
        .fix("Refuse own ports and any address that is not the workload.")
        .source("HBONE")
        .level(ISTIO)
        .severity(CRITICAL)
        .check(ConnectChecks::ownPorts);
    list.add("CON-10b", "the proxy's administration is not behind the tunnel")
        .sent("port 15000 of the workload")
        .must("refused, or nobody listens there")
        .why("Any peer reads and changes the proxy.")
        .fix("Refuse own ports, or listen where no tunnel leads.")
        .source("hardening")
        .level(dev.marrow.conformance.Level.HARDENING)
        .severity(HIGH)
        .check(ConnectChecks::ownServices);
    list.add("CON-11", "a host name nobody knows is refused")
        .sent("an unknown service name; a name of 300 characters")
        .must("503, 404 or 400; no connection")
        .why("Names chosen by an attacker are resolved.")
        .fix("Resolve names of the mesh only.")
        .source("HBONE")
        .level(ISTIO)
        .severity(HIGH)
        .check(ConnectChecks::unknownNames);
  }

  private static void answers(CaseList list) {
    list.add("CON-12", "200 comes only after the application was reached")
        .sent("a port where nobody listens")
        .must("503 or a reset, never 200")
        .why("The client believes in a connection that does not exist.")
        .fix("Dial first, answer then.")
        .source("HBONE; RFC 9110 §9.3.6")
        .severity(HIGH)
        .quick()
        .check(ConnectChecks::deadPort);
    list.add("CON-13", "a 2xx answer carries no length")
        .sent("a good CONNECT")
        .must("200 without content-length and transfer-encoding")
        .why("A reader waits for a body that never comes.")
        .fix("Leave both fields out.")
        .source("RFC 9110 §9.3.6")
        .severity(LOW)
        .check(ConnectChecks::noLength);
    list.add("CON-14", "trailers on a tunnel are an error")
        .sent("HEADERS behind the 200")
        .must("a stream error")
        .why("Something else than bytes gets into the tunnel.")
        .fix("Refuse every frame but DATA on a tunnel.")
        .source("RFC 9113 §8.5")
        .check(ConnectChecks::trailers);
    list.add("CON-15", "expectations and lengths on CONNECT change nothing")
        .sent("expect: 100-continue and content-length: 5")
        .must("no 100; the tunnel works or the request is refused")
        .why("The two ends disagree where the request ends.")
        .fix("Ignore or refuse both.")
        .source("RFC 9110 §9.3.6")
        .check(ConnectChecks::expectAndLength);
    list.add("CON-16", "END_STREAM on the request is a FIN")
        .sent("CONNECT with END_STREAM")
        .must("the application gets FIN at once; its answer still flows")
        .why("Protocols that half-close hang.")
        .fix("Carry half-close both ways.")
        .source("RFC 9113 §8.5")
        .check(ConnectChecks::endStreamOnRequest);
    list.add("CON-17", "DATA before the answer waits or is refused")
        .sent("DATA right behind CONNECT; then the same to a target that is refused")
        .must("delivered once after the connection; for the refused one nothing reaches anyone")
        .why("Bytes reach the application before anybody was authorized.")
        .fix("Hold early data until the answer is decided.")
        .source("HBONE")
        .level(ISTIO)
        .severity(HIGH)
        .cve("CVE-2025-64763")
        .check(ConnectChecks::earlyData);
    list.add("CON-18", "a host field does not replace the authority")
        .sent("host: elsewhere.example beside :authority")
        .must("the authority wins, or 400")
        .why("Policy looks at one name and the dialler at the other.")
        .fix("Use :authority only.")
        .source("RFC 9113 §8.3.1")
        .cve("CVE-2026-59900")
        .check(ConnectChecks::hostField);
    list.add("CON-19", "tunnels on one connection never mix")
        .sent("as many tunnels as allowed (at most 50) at once, a nonce each")
        .must("every nonce comes back on its own tunnel")
        .why("Bytes of one tenant reach another.")
        .fix("Keep per-stream buffers.")
        .source("HBONE")
        .level(ISTIO)
        .severity(CRITICAL)
        .check(ConnectChecks::noCrossTalk);
    list.add("CON-20", "garbage in optional fields changes nothing")
        .sent("garbage in traceparent, baggage, forwarded and x-forwarded-network")
        .must("the tunnel works")
        .why("A telemetry field breaks or forges a connection.")
        .fix("Parse such fields leniently and bound them; never use them for authorization.")
        .source("HBONE")
        .level(ISTIO)
        .severity(CRITICAL)
        .check(ConnectChecks::garbageFields);
  }
}
