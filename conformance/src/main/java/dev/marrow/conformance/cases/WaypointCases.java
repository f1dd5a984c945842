package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.WAYPOINT;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** Group L: HTTP inside the tunnel of a waypoint. */
final class WaypointCases {
  private static final String MARKED = "0\r\n\r\n{mark}";

  private WaypointCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.L7, Tier.SVID, EnumSet.of(WAYPOINT));
    smuggling(list);
    names(list);
    policies(list);
    return list.cases();
  }

  private static CaseList.Draft draft(CaseList list, String id, String title) {
    return list.add(id, title)
        .severity(Severity.CRITICAL)
        .why("Two readers see two different requests; the second one passes unjudged.")
        .fix("Refuse what is ambiguous with 400, and close.");
  }

  private static void smuggling(CaseList list) {
    draft(list, "L7-01", "ambiguous lengths are refused")
        .sent("transfer-encoding with content-length; two lengths; a list, a sign, hex")
        .must("400, nothing reaches the application")
        .source("RFC 9112 §6.1, §6.3")
        .check(bench ->
            WaypointChecks.refused(
                bench,
                List.of(
                    WaypointChecks.post(
                        "content-length: 5\r\ntransfer-encoding: chunked\r\n", MARKED),
                    WaypointChecks.post("content-length: 5\r\ncontent-length: 6\r\n", "{mark}"),
                    WaypointChecks.post("content-length: 5, 6\r\n", "{mark}"),
                    WaypointChecks.post("content-length: +5\r\n", "{mark}"),
                    WaypointChecks.post("content-length: 0x20\r\n", "{mark}"))));
    draft(list, "L7-02", "odd transfer codings are refused")
        .sent("chunked not last, an unknown coding, a space before the colon, HTTP/1.0")
        .must("400 or 501, nothing reaches the application")
        .source("RFC 9112 §6.1, §5.1")
        .cve("CVE-2026-42585", "CVE-2026-89044", "CVE-2019-16869")
        .check(bench ->
            WaypointChecks.refused(
                bench,
                List.of(
                    WaypointChecks.post("transfer-encoding: chunked, identity\r\n", MARKED),
                    WaypointChecks.post("transfer-encoding: xchunked\r\n", MARKED),
                    WaypointChecks.post("transfer-encoding : chunked\r\n", MARKED),
                    WaypointChecks.post("transfer-encoding: chunked\r\n", MARKED)
                        .replace("HTTP/1.1", "HTTP/1.0"))));
    draft(list, "L7-03", "malformed chunks are refused")
        .sent("a size that overflows, 0x, a negative size, a missing line end")
        .must("400 or a closed tunnel; nothing behind the chunk is served")
        .source("RFC 9112 §7.1")
        .cve("CVE-2026-42580", "CVE-2026-33870")
        .check(bench ->
            WaypointChecks.refused(
                bench,
                List.of(
                    chunk("fffffffffffffffff\r\n{mark}"),
                    chunk("0x20\r\n{mark}\r\n0\r\n\r\n"),
                    chunk("-20\r\n{mark}\r\n0\r\n\r\n"),
                    chunk("20;\n{mark}\r\n0\r\n\r\n"))));
  }

  private static String chunk(String body) {
    return WaypointChecks.post("transfer-encoding: chunked\r\n", body);
  }

  private static void names(CaseList list) {
    draft(list, "L7-00", "a plain request is served")
        .sent("GET over HTTP/1.1 inside the tunnel")
        .must("200")
        .source("HBONE")
        .quick()
        .check(WaypointChecks::served);
    draft(list, "L7-04", "HTTP/2 is never translated into another request")
        .sent(
            "HTTP/2 with a wrong content-length, transfer-encoding, line ends in a field, in the path and in the method")
        .must("refused, nothing of it reaches the application")
        .source("RFC 9113 §8.2.1, §10.3")
        .cve("CVE-2025-67735")
        .check(InnerHttpChecks::translated);
    draft(list, "L7-09", "requests that break off harm nobody")
        .severity(Severity.HIGH)
        .sent("CONNECT without a path, trailers without an end, resets and a close in each phase")
        .must("others are served")
        .source("RFC 9113 §8.1, §8.5")
        .cve("CVE-2026-73547", "CVE-2026-73513", "CVE-2026-26311", "GHSA-8vc2-jrm4-835w")
        .check(InnerHttpChecks::breaks);
    draft(list, "L7-11", "answers without a body are framed right")
        .severity(Severity.HIGH)
        .sent("requests that are answered with 103, with 204, and to HEAD; another one behind each")
        .must("the next answer begins where it should")
        .source("RFC 9110 §15; RFC 9112 §6.3")
        .check(InnerHttpChecks::framing);
    draft(list, "L7-13", "an upgrade becomes a tunnel")
        .severity(Severity.MEDIUM)
        .level(Level.ISTIO)
        .sent("an upgrade to WebSocket that the application accepts")
        .must("101, then bytes both ways; or refused, which is recorded")
        .source("RFC 9110 §7.8")
        .cve("CVE-2025-64763")
        .check(InnerHttpChecks::webSocket);
    draft(list, "L7-05", "an upgrade to cleartext HTTP/2 is not passed on")
        .sent("upgrade: h2c with HTTP2-Settings")
        .must("the application does not see the upgrade")
        .source("RFC 9113 §3.1")
        .check(bench ->
            WaypointChecks.withheld(
                bench,
                "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n",
                "HTTP2-Settings"));
    draft(list, "L7-10", "hop-by-hop fields end here")
        .sent("connection: x-hop with x-hop; te and keep-alive")
        .must("the application does not see x-hop")
        .source("RFC 9110 §7.6.1")
        .check(bench ->
            WaypointChecks.withheld(bench, "connection: x-hop\r\nx-hop: here\r\n", "x-hop: here"));
    draft(list, "L7-20", "malformed heads are refused")
        .sent("no host, two hosts, a folded line, a control character, a space in a name")
        .must("400, nothing reaches the application")
        .source("RFC 9112 §2.2, §3.2, §5.1, §5.2")
        .check(bench ->
            WaypointChecks.refused(
                bench,
                List.of(
                    "GET /{mark} HTTP/1.1\r\n\r\n",
                    "GET /{mark} HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
                    "GET /{mark} HTTP/1.1\r\nhost: a\r\nx-a: b\r\n folded\r\n\r\n",
                    "GET /{mark} HTTP/1.1\r\nhost: a\r\nx-a: b\u0000c\r\n\r\n",
                    "GET /{mark} HTTP/1.1\r\nhost: a\r\nx a: b\r\n\r\n")));
    draft(list, "IMP-02", "identity fields of the client are not believed")
        .sent("x-forwarded-client-cert that names another workload")
        .must("the application does not see it")
        .source("HBONE")
        .cve("CVE-2024-45806")
        .check(bench ->
            WaypointChecks.withheld(
                bench,
                "x-forwarded-client-cert: URI=spiffe://cluster.local/ns/evil/sa/evil\r\n",
                "sa/evil"));
  }

  private static CaseList.Draft judged(CaseList list, String id, String title) {
    return list.add(id, title)
        .hooks("policy")
        .level(Level.ISTIO)
        .severity(Severity.CRITICAL)
        .within(Duration.ofSeconds(60))
        .why("What a policy denies is one request; who finds another spelling for it gets through.")
        .fix("Normalise first, judge what was normalised, and forward nothing else.");
  }

  private static void policies(CaseList list) {
    judged(list, "L7-06", "a denied path is denied in every spelling")
        .sent(
            "a path that is denied, with dot segments, encoded letters, a fragment, in absolute form; doubled and encoded slashes, backslashes")
        .must("denied, or forwarded exactly as it was judged")
        .source("RFC 3986 §6.2.2; HBONE")
        .cve("CVE-2021-31920", "CVE-2021-39156", "CVE-2026-73553", "CVE-2026-73552")
        .check(RequestPolicyChecks::paths);
    judged(list, "L7-07", "a denied method does not come back in another case")
        .sent("DELETE is denied; delete, DeLeTe, over HTTP/1.1 and HTTP/2")
        .must("refused, or forwarded in its own case, never as DELETE")
        .source("RFC 9110 §9.1")
        .cve("GHSA-w44g-8m76-8gc5")
        .check(RequestPolicyChecks::methods);
    judged(list, "L7-08", "every value of a field is judged")
        .sent("a value that is denied before, behind and between others, in lines of its own")
        .must("denied each time")
        .source("RFC 9110 §5.3")
        .cve("CVE-2026-26308", "CVE-2020-25017")
        .check(RequestPolicyChecks::values);
  }
}
