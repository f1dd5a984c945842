package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.ISTIO;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Profile.WAYPOINT;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Tier;
import java.util.EnumSet;
import java.util.List;

/** Group I: how a tunnel carries bytes, and its end. */
final class TunnelCases {
  private static final String GUARDED = "A dead peer keeps sockets for hours; a living one is cut.";

  private TunnelCases() {}

  private static void lasting(CaseList list) {
    list.add("TUN-12", "an idle tunnel stays open")
        .sent("nothing for twelve seconds")
        .must("open, and usable after it")
        .why(GUARDED)
        .fix("Put no time limit on idle tunnels.")
        .source("HBONE")
        .level(dev.marrow.conformance.Level.ISTIO)
        .severity(dev.marrow.conformance.Severity.MEDIUM)
        .within(java.time.Duration.ofSeconds(30))
        .check(LastingChecks::idle);
    list.add("TUN-14", "a peer that vanishes is noticed")
        .sent("no packet any more, not even an acknowledgement")
        .must("the application's connection is closed within 35 seconds")
        .why(GUARDED)
        .fix("Ping idle connections, and close those that do not answer.")
        .source("HBONE")
        .level(dev.marrow.conformance.Level.ISTIO)
        .severity(dev.marrow.conformance.Severity.HIGH)
        .hooks("vanish")
        .within(java.time.Duration.ofSeconds(60))
        .check(LastingChecks::vanished);
    list.add("TUN-15", "the counted bytes are those that passed")
        .sent("a known number of bytes each way")
        .must("istio_tcp_received_bytes_total and istio_tcp_sent_bytes_total grow by exactly that")
        .why("Bills and alarms are wrong.")
        .fix("Count what was written, once.")
        .source("Istio metrics")
        .level(dev.marrow.conformance.Level.ISTIO)
        .severity(dev.marrow.conformance.Severity.LOW)
        .hooks("metrics")
        .check(LastingChecks::counted);
    list.add("H2-21", "an end on purpose loses no tunnel")
        .sent("SIGTERM while a tunnel is used")
        .must("GOAWAY with the highest stream id, then with the last one; the tunnel works on")
        .why("Every roll-out of the proxy breaks connections.")
        .fix("Say GOAWAY twice, stop accepting, and let what is open end.")
        .source("RFC 9113 §6.8")
        .level(dev.marrow.conformance.Level.SHOULD)
        .severity(dev.marrow.conformance.Severity.HIGH)
        .hooks("restart")
        .within(java.time.Duration.ofSeconds(60))
        .check(LastingChecks::drain);
  }

  static List<Case> all() {
    CaseList list = new CaseList(Group.TUN, Tier.SVID, EnumSet.of(HBONE, WAYPOINT));
    ends(list);
    flow(list);
    lasting(list);
    return list.cases();
  }

  private static void ends(CaseList list) {
    list.add("TUN-01", "bytes arrive unchanged")
        .sent("0, 1, 16383, 16384, 16385 bytes and 1 MiB through an echo")
        .must("the same bytes come back")
        .why("Data is damaged.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.5")
        .severity(HIGH)
        .quick()
        .check(TunnelChecks::sizes);
    list.add("TUN-02", "a half-closed client still gets its answer")
        .sent("END_STREAM, while the application goes on sending")
        .must("the application sees FIN; all its bytes arrive")
        .why("Protocols that half-close lose data.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.5")
        .severity(HIGH)
        .check(TunnelChecks::clientHalfClose);
    list.add("TUN-03", "a half-closed application still gets the client's bytes")
        .sent("the application sends FIN, the client goes on")
        .must("END_STREAM for the client; its bytes still arrive")
        .why("Uploads to a server that has finished answering are cut.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.5")
        .severity(HIGH)
        .check(TunnelChecks::applicationHalfClose);
    list.add("TUN-04", "a reset of the application is a reset of the stream")
        .sent("the application resets its connection")
        .must("RST_STREAM with CONNECT_ERROR")
        .why("A cut transfer looks like a complete one.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.5")
        .severity(HIGH)
        .check(TunnelChecks::applicationReset);
    list.add("TUN-05", "a reset of the stream is a reset for the application")
        .sent("RST_STREAM CANCEL")
        .must("the application sees RST, not FIN")
        .why("A cut upload looks like a complete one.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.5")
        .severity(HIGH)
        .check(TunnelChecks::clientReset);
    list.add("TUN-06", "a lost connection resets every application connection")
        .sent("ten open tunnels, then RST of the TCP connection")
        .must("every application connection ends within a second, with RST")
        .why("Applications hold dead connections for ever.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.5")
        .severity(HIGH)
        .check(TunnelChecks::lostConnection);
    list.add("TUN-07", "the last bytes before a close arrive")
        .sent("the application writes 64 KiB and closes at once, 50 times")
        .must("every byte before END_STREAM")
        .why("The end of short answers is lost under load.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §8.1")
        .severity(HIGH)
        .check(TunnelChecks::burstAndClose);
  }

  private static void flow(CaseList list) {
    list.add("TUN-08", "an application that speaks first is heard")
        .sent("nothing, to an application that sends a banner")
        .must("the banner within 100 ms of the 200")
        .why("Databases and mail servers hang.")
        .fix("Never wait for client bytes.")
        .source("HBONE")
        .level(ISTIO)
        .severity(HIGH)
        .quick()
        .check(TunnelChecks::serverFirst);
    list.add("TUN-09", "one stalled reader does not stall its neighbours")
        .sent("a tunnel without credit beside a working one")
        .must("the working one goes on")
        .why("One slow client of a connection stops all.")
        .fix("Give connection credit apart from stream credit.")
        .source("RFC 9113 §5.2")
        .severity(HIGH)
        .check(TunnelChecks::stalledNeighbour);
    list.add("TUN-10", "a stalled application pushes back")
        .sent("as many bytes as the window allows, to an application that does not read")
        .must(
            "no more credit than the announced windows and the socket buffers; the connection lives")
        .why("Memory fills up.")
        .fix("Return credit when bytes have left, not when they came.")
        .source("RFC 9113 §5.2")
        .severity(HIGH)
        .check(TunnelChecks::stalledApplication);
    list.add("TUN-11", "empty and padded DATA change nothing")
        .sent("DATA of length 0, then of 1, then padded")
        .must("the payload only")
        .why("An empty frame ends the tunnel.")
        .fix("Carry FIN as END_STREAM and RST as RST_STREAM, both ways, and nothing else.")
        .source("RFC 9113 §6.1")
        .check(TunnelChecks::emptyAndPadded);
    list.add("TUN-13", "many short tunnels leave nothing behind")
        .sent("500 tunnels one after the other on one connection")
        .must("all work; the application sees every one end")
        .why("Connections leak.")
        .fix("End both sides together.")
        .source("HBONE")
        .level(ISTIO)
        .severity(HIGH)
        .check(TunnelChecks::manyShort);
  }
}
