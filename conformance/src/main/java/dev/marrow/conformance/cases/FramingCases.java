package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.SHOULD;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.HIGH;
import static dev.marrow.conformance.Severity.LOW;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import java.util.EnumSet;
import java.util.List;

/** Group F: HTTP/2 framing of the connection that carries the tunnels. */
final class FramingCases {
  private FramingCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.H2, Tier.SVID, EnumSet.of(HBONE, WAYPOINT));
    connection(list);
    frames(list);
    fields(list);
    return list.cases();
  }

  private static void connection(CaseList list) {
    list.add("H2-01", "the first frame is SETTINGS, and ours are acknowledged")
        .sent("preface and SETTINGS")
        .must("SETTINGS comes first, the acknowledgement within a second")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §3.4, §6.5.3")
        .quick()
        .check(H2Checks::settingsFirst);
    list.add("H2-02", "a wrong preface is refused")
        .sent("24 other bytes")
        .must("the connection is closed")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §3.4")
        .check(H2Checks::wrongPreface);
    list.add("H2-03", "the number of streams is limited and announced")
        .sent("one tunnel more than the announced maximum")
        .must("a maximum of at most 1000 is announced; the stream above it is refused")
        .why("One client opens streams until memory is gone.")
        .fix("Announce SETTINGS_MAX_CONCURRENT_STREAMS and enforce it.")
        .source("RFC 9113 §5.1.2")
        .severity(HIGH)
        .cve("CVE-2026-47244")
        .check(H2Checks::streamLimit);
    list.add("H2-05", "settings out of range are refused")
        .sent("INITIAL_WINDOW_SIZE 2^31, MAX_FRAME_SIZE 16383 and 2^24, ENABLE_PUSH 2")
        .must("FLOW_CONTROL_ERROR for the first, PROTOCOL_ERROR for the others")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.5.2")
        .check(H2Checks::badSettings);
    list.add("H2-06", "a window that shrinks below zero is respected")
        .sent("INITIAL_WINDOW_SIZE reduced while a stream runs, then enlarged")
        .must("no overrun, no stall")
        .why("A peer with little memory is overrun, or the stream hangs for ever.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.9.2")
        .severity(HIGH)
        .check(FlowChecks::shrinkingWindow);
    list.add("H2-07", "a window update of zero is an error")
        .sent("WINDOW_UPDATE 0 on the stream, and on the connection")
        .must("PROTOCOL_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.9")
        .check(H2Checks::zeroWindowUpdate);
    list.add("H2-08", "a window above 2^31-1 is an error")
        .sent("two WINDOW_UPDATEs that overflow the connection window")
        .must("FLOW_CONTROL_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.9.1")
        .check(bench ->
            H2Checks.connectionError(
                bench,
                Frames.concat(
                    Frames.windowUpdate(0, 0x7fffffffL), Frames.windowUpdate(0, 0x7fffffffL)),
                ErrorCode.FLOW_CONTROL_ERROR));
    list.add("H2-09", "sending beyond the window is an error")
        .sent("more DATA than the announced stream window while the application does not read")
        .must("FLOW_CONTROL_ERROR, memory bounded")
        .why("A client fills the memory of the proxy.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.9")
        .severity(HIGH)
        .check(FlowChecks::beyondWindow);
    list.add("H2-10", "a tiny window is obeyed exactly")
        .sent("a stream window of one byte while the application streams")
        .must("never more than was allowed; goes on when it grows")
        .why("A slow peer is overrun.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.9")
        .severity(HIGH)
        .check(FlowChecks::tinyWindow);
  }

  private static void frames(CaseList list) {
    list.add("H2-11", "stream ids only grow and are odd")
        .sent("an even stream id; then a lower one than before")
        .must("PROTOCOL_ERROR or STREAM_CLOSED")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §5.1.1")
        .check(H2Checks::streamIds);
    list.add("H2-12", "frames on idle or closed streams are errors")
        .sent("DATA, RST_STREAM and WINDOW_UPDATE on an idle stream; DATA after END_STREAM")
        .must("PROTOCOL_ERROR or STREAM_CLOSED")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §5.1")
        .check(H2Checks::idleStreams);
    list.add("H2-13", "wrong frame sizes are errors")
        .sent(
            "a frame above the maximum; PING of 7, RST_STREAM of 3, WINDOW_UPDATE of 5, SETTINGS of 5 bytes")
        .must("FRAME_SIZE_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §4.2, §6")
        .check(H2Checks::frameSizes);
    list.add("H2-14", "nothing comes between HEADERS and CONTINUATION")
        .sent("PING inside a header block; CONTINUATION first")
        .must("PROTOCOL_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §4.3, §6.10")
        .severity(HIGH)
        .check(H2Checks::interruptedBlock);
    list.add("H2-20", "open tunnels survive a GOAWAY from the client")
        .sent("GOAWAY with open tunnels")
        .must("the tunnels go on")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.8")
        .check(H2Checks::goAwayFromClient);
    list.add("H2-04", "settings that are never acknowledged do little harm")
        .sent("no acknowledgement of the target's SETTINGS for six seconds")
        .must("SETTINGS_TIMEOUT, or tolerated; which one is recorded")
        .why("A peer that never agrees to the limits may never keep to them.")
        .fix("Close with SETTINGS_TIMEOUT.")
        .source("RFC 9113 §6.5.3")
        .check(H2Checks::neverAcknowledged);
    list.add("H2-22", "PING is answered with the same bytes")
        .sent("PING; an unasked PING acknowledgement; PING on a stream")
        .must("the acknowledgement within a second; ignored; PROTOCOL_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.7")
        .quick()
        .check(H2Checks::ping);
    list.add("H2-23", "PUSH_PROMISE from a client is an error")
        .sent("PUSH_PROMISE")
        .must("PROTOCOL_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §8.4")
        .check(bench ->
            H2Checks.connectionError(
                bench,
                Frames.frame(Frame.PUSH_PROMISE, Frame.END_HEADERS, 1, Frames.number(2)),
                ErrorCode.PROTOCOL_ERROR));
    list.add("H2-24", "what is unknown is ignored")
        .sent("an unknown frame type, an unknown setting, reserved bits, unknown flags")
        .must("the connection goes on")
        .why("Extensions break the mesh.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §4.1, §5.5")
        .check(H2Checks::unknownIgnored);
    list.add("H2-25", "padding is checked and never delivered")
        .sent("padding as long as the payload; then legal padding on DATA")
        .must("PROTOCOL_ERROR; the application sees the payload only")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §6.1")
        .check(H2Checks::padding);
    list.add("H2-26", "PRIORITY is parsed and otherwise ignored")
        .sent("PRIORITY with a length of 4; PRIORITY on itself")
        .must("FRAME_SIZE_ERROR; an error or ignored")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §5.3, §6.3")
        .severity(LOW)
        .check(H2Checks::priority);
  }

  private static void fields(CaseList list) {
    list.add("H2-15", "broken HPACK is an error")
        .sent(
            "index 0, index out of range, a table size update that is too big, bad Huffman padding")
        .must("COMPRESSION_ERROR")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §4.3; RFC 7541 §2.3.3, §5.2, §6.3")
        .severity(HIGH)
        .check(H2Checks::brokenHpack);
    list.add("H2-16", "connection-specific and upper-case fields are malformed")
        .sent("an upper-case name; connection; transfer-encoding; upgrade; te: gzip")
        .must("malformed: 400, RST_STREAM or GOAWAY with PROTOCOL_ERROR")
        .why("Such fields smuggle requests through a translation to HTTP/1.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §8.2, §8.2.2")
        .check(bench ->
            H2Checks.allMalformed(
                bench,
                Field.of("X-Upper", "a"),
                Field.of("connection", "close"),
                Field.of("transfer-encoding", "chunked"),
                Field.of("upgrade", "h2c"),
                Field.of("te", "gzip")));
    list.add("H2-17", "control characters in fields are malformed")
        .sent("CR, LF and NUL in a value; a space at its ends; a colon in a name")
        .must("malformed")
        .why("Such fields smuggle requests and forge log lines.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §8.2.1")
        .severity(HIGH)
        .check(bench ->
            H2Checks.allMalformed(
                bench,
                Field.of("x-a", "b\rc"),
                Field.of("x-a", "b\nc"),
                Field.of("x-a", "b\0c"),
                Field.of("x-a", " b"),
                Field.of("x-a", "b "),
                Field.of("x:a", "b")));
    list.add("H2-18", "pseudo-headers are checked")
        .sent(
            "a pseudo-header after a regular field, an unknown one, a duplicate, :status in a request")
        .must("malformed")
        .why("Two peers that read the same bytes differently disagree about what was said.")
        .fix(
            "Follow the state machine and the size checks of RFC 9113; do not guess what the peer meant.")
        .source("RFC 9113 §8.3")
        .check(H2Checks::pseudoHeaders);
    list.add("H2-19", "a header list above the limit harms one stream only")
        .sent("70 KiB of header fields while another tunnel is open")
        .must("431 or a stream error; the other tunnel lives")
        .why("One request takes down everybody on the connection.")
        .fix("Answer the stream, keep the connection.")
        .source("RFC 9113 §10.5.1")
        .level(SHOULD)
        .check(H2Checks::hugeHeaders);
  }
}
