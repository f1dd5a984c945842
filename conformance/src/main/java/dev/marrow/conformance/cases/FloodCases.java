package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import java.util.EnumSet;
import java.util.List;

/** Group G: floods. Bounded in count and time, and only with {@code --allow-dos}. */
final class FloodCases {
  private FloodCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.DOS, Tier.SVID, EnumSet.of(HBONE, WAYPOINT));
    requests(list);
    frames(list);
    return list.cases();
  }

  private static CaseList.Draft flood(CaseList list, String id, String title, String sent) {
    return list.add(id, title)
        .sent(sent)
        .why("One client takes the endpoint from all others.")
        .fix("Count what a client may do per connection, and end the connection above it.")
        .level(Level.HARDENING)
        .severity(Severity.HIGH)
        .flood();
  }

  private static void requests(CaseList list) {
    flood(list, "DOS-01", "requests that are reset at once", "12,000 times HEADERS and RST_STREAM")
        .must("cut off or held back")
        .source("CVE-2023-44487")
        .cve("CVE-2023-44487")
        .check(FloodChecks::rapidReset);
    flood(
            list,
            "DOS-02",
            "requests that the server is made to reset",
            "2000 times HEADERS and a WINDOW_UPDATE of zero")
        .must("cut off or held back")
        .source("CVE-2025-8671")
        .cve("CVE-2025-8671", "CVE-2025-55163")
        .check(FloodChecks::madeToReset);
    flood(
            list,
            "DOS-03",
            "answers that may have no header",
            "a header limit of one byte and 2000 requests")
        .must("innocent tunnels live")
        .source("CVE-2026-50560")
        .cve("CVE-2026-50560")
        .check(FloodChecks::tinyHeaderLimit);
    flood(list, "DOS-04", "a header block without an end", "CONTINUATION frames of a hundred bytes")
        .must("cut off")
        .source("CVE-2024-27316")
        .cve("CVE-2024-27316", "CVE-2024-30255", "CVE-2023-45288", "RUSTSEC-2024-0332")
        .check(bench -> FloodChecks.continuations(bench, 100));
    flood(list, "DOS-04b", "a header block of empty frames", "CONTINUATION frames of zero bytes")
        .must("cut off")
        .source("CVE-2026-33871")
        .cve("CVE-2026-33871")
        .check(bench -> FloodChecks.continuations(bench, 0));
    flood(
            list,
            "DOS-05",
            "one long field many times",
            "a field of 3 KiB and 15,000 references to it")
        .must("refused")
        .source("CVE-2016-6581")
        .cve("CVE-2016-6581")
        .check(bench -> FloodChecks.bomb(bench, "x-bomb", 3000, 15_000));
    flood(
            list,
            "DOS-06",
            "one short field many times",
            "an empty field and 60,000 references to it")
        .must("refused")
        .source("CVE-2026-49975")
        .cve("CVE-2026-49975", "CVE-2026-47774")
        .check(bench -> FloodChecks.bomb(bench, "x", 0, 60_000));
    flood(list, "DOS-07", "a cookie in ten thousand crumbs", "10,000 cookie fields")
        .must("refused")
        .source("CVE-2026-47774")
        .cve("CVE-2026-47774")
        .check(bench -> FloodChecks.bomb(bench, "cookie", 1, 10_000));
  }

  private static void frames(CaseList list) {
    flood(list, "DOS-08", "pings whose answers nobody reads", "a million PING frames")
        .must("cut off or held back")
        .source("CVE-2019-9512")
        .cve("CVE-2019-9512")
        .check(FloodChecks::pings);
    flood(
            list,
            "DOS-08b",
            "settings whose acknowledgements nobody reads",
            "a million SETTINGS frames")
        .must("cut off or held back")
        .source("CVE-2019-9515")
        .cve("CVE-2019-9515")
        .check(FloodChecks::settings);
    flood(list, "DOS-09", "empty DATA", "100,000 empty DATA frames")
        .must("cut off or held back")
        .source("CVE-2019-9518; RUSTSEC-2026-0258")
        .cve("CVE-2019-9518", "RUSTSEC-2026-0258")
        .check(FloodChecks::emptyData);
    flood(list, "DOS-10", "priorities", "100,000 PRIORITY frames")
        .must("innocent tunnels live")
        .source("RFC 9113 §10.5")
        .check(FloodChecks::priorities);
    flood(
            list,
            "DOS-11",
            "a header table of four gigabytes",
            "HEADER_TABLE_SIZE 2^32-1 and 500 requests")
        .must("innocent tunnels live")
        .source("CVE-2026-93492")
        .cve("CVE-2026-93492")
        .check(FloodChecks::hugeTable);
    flood(list, "DOS-12", "windows of one byte", "50 streams that get one byte at a time")
        .must("innocent tunnels live")
        .source("CVE-2019-9511")
        .cve("CVE-2019-9511", "CVE-2019-9517")
        .check(FloodChecks::tinyWindows);
    flood(
            list,
            "DOS-13",
            "frames that are answered with resets nobody reads",
            "100,000 DATA frames on a stream that is closed")
        .must("innocent tunnels live, memory is bounded")
        .source("CVE-2019-9514; RUSTSEC-2024-0003")
        .cve("CVE-2019-9514", "RUSTSEC-2024-0003")
        .check(MoreFloodChecks::queuedResets);
    flood(list, "DOS-15", "answers that nobody reads", "50 tunnels to an application that streams")
        .must("innocent tunnels live, memory is bounded")
        .source("RFC 9113 §10.5")
        .check(MoreFloodChecks::unreadAnswers);
    flood(
            list,
            "DOS-19",
            "pipelined requests whose answers nobody reads",
            "50 tunnels with 1500 requests each, all at once")
        .profiles(WAYPOINT)
        .must("innocent tunnels live, memory is bounded")
        .source("CVE-2026-93491")
        .cve("CVE-2026-93491")
        .check(MoreFloodChecks::pipelined);
    flood(list, "DOS-17", "names that nobody has", "1500 CONNECTs, each to another name")
        .must("the number of metric series stays bounded")
        .source("GHSA-42mr-jpwh-m9rv")
        .cve("GHSA-42mr-jpwh-m9rv")
        .hooks("metrics")
        .check(MoreFloodChecks::series);
    flood(
            list,
            "DOS-18",
            "texts that are made for the log",
            "escape sequences, quotes and encoded line ends in authority, baggage and traceparent")
        .must("one escaped line per connection")
        .source("CVE-2024-45808")
        .cve("CVE-2024-45808")
        .hooks("log")
        .check(MoreFloodChecks::logLines);
    flood(list, "DOS-14", "idle tunnels", "10 connections with 50 idle tunnels each")
        .must("others are served")
        .source("hardening")
        .check(FloodChecks::idleTunnels);
    flood(list, "DOS-16", "handshakes broken off", "300 handshakes broken off at three stages")
        .must("others are served")
        .source("hardening")
        .check(FloodChecks::brokenHandshakes);
    flood(list, "TLS-16", "hellos that announce sixteen megabytes", "200 of them")
        .must("others are served")
        .source("CVE-2023-34462")
        .cve("CVE-2023-34462", "CVE-2026-45416", "CVE-2026-75596")
        .check(FloodChecks::hugeHellos);
    flood(list, "TLS-23", "key updates", "2000 KeyUpdate messages that ask for one in return")
        .must("others are served")
        .source("RFC 8446 §4.6.3; CVE-2026-116539")
        .cve("CVE-2026-116539")
        .check(FloodChecks::keyUpdates);
  }
}
