package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.ISTIO;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** Group K: certificates and roots that change while connections live. */
final class RotationCases {
  private static final Duration LONG = Duration.ofSeconds(60);

  private RotationCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.ROT, Tier.AUTHORITY, EnumSet.of(HBONE));
    draft(list, "ROT-01", "a new certificate is shown, and open tunnels live", HIGH)
        .hooks("rotate")
        .sent("a tunnel; then the target gets another certificate")
        .must("new connections are shown it within five seconds; the tunnel works")
        .source("SPIFFE Workload API §4.3")
        .check(RotationChecks::renewed);
    draft(list, "ROT-02", "renewals break nothing", HIGH)
        .hooks("rotate")
        .sent("three renewals while 50 tunnels are used and connections are made")
        .must("no tunnel breaks, no handshake fails")
        .source("SPIFFE Workload API §4.3")
        .within(LONG)
        .check(RotationChecks::underLoad);
    draft(list, "ROT-03", "a root is replaced without a gap", CRITICAL)
        .hooks("roots")
        .sent("a second root beside the first, leaves of the second, then the second alone")
        .must("no good caller is refused on the way; then leaves of the first root are")
        .source("X509-SVID §5")
        .level(dev.marrow.conformance.Level.MUST)
        .within(LONG)
        .check(RotationChecks::rootReplaced);
    draft(list, "ROT-04", "two roots are trusted at once", HIGH)
        .hooks("roots")
        .sent("two roots; a leaf of each")
        .must("both accepted")
        .source("HBONE")
        .within(LONG)
        .check(RotationChecks::twoRoots);
    draft(list, "CRT-11", "what a root that has ended still vouches for is known", Severity.LOW)
        .hooks("roots")
        .sent("a root in the bundle that ended yesterday; a valid leaf of it")
        .must("accepted or refused; which one is recorded: a path need not judge its anchor")
        .source("RFC 5280 §6.1.1")
        .within(LONG)
        .check(RotationChecks::endedRoot);
    draft(list, "ROT-05", "an authority that is away ends nothing", CRITICAL)
        .hooks("authority", "rotate")
        .sent("no authority while the target renews; its certificate is still valid")
        .must("served with the valid one")
        .source("HBONE")
        .within(LONG)
        .check(RotationChecks::authorityAway);
    draft(list, "ROT-06", "an ended certificate is never shown", HIGH)
        .hooks("authority")
        .sent("no authority until the target's certificate has ended; then there is one again")
        .must("handshakes fail in between, and work again")
        .source("RFC 5280 §4.1.2.5; HBONE")
        .within(LONG)
        .check(RotationChecks::pastTheEnd);
    draft(list, "ROT-07", "what becomes of a tunnel that outlives its certificate is known", HIGH)
        .sent("a certificate of four seconds and a tunnel that stays open longer")
        .must("what happens to it, and to new tunnels on that connection, is recorded")
        .source("SPIFFE-ID §4.1.1")
        .check(RotationChecks::outlived);
    RevocationCases.connected(list);
    return list.cases();
  }

  private static CaseList.Draft draft(CaseList list, String id, String title, Severity severity) {
    return list.add(id, title)
        .level(ISTIO)
        .severity(severity)
        .why("Renewals happen every few hours on every node: what they break, they break often.")
        .fix("Exchange certificate and trust as one value for new handshakes; leave open ones.");
  }
}
