package dev.marrow.conformance.cases;

import static dev.marrow.conformance.Level.ISTIO;
import static dev.marrow.conformance.Profile.HBONE;
import static dev.marrow.conformance.Severity.CRITICAL;
import static dev.marrow.conformance.Severity.HIGH;
import static dev.marrow.conformance.Severity.MEDIUM;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Tier;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** Group J: who may, over tunnels and in plaintext. Needs the hook {@code policy}. */
final class PolicyCases {
  private static final Duration LONG = Duration.ofSeconds(60);

  private PolicyCases() {}

  static List<Case> all() {
    CaseList list = new CaseList(Group.AUT, Tier.CONTROL, EnumSet.of(HBONE));
    decisions(list);
    matching(list);
    changes(list);
    modes(list);
    impersonation(list);
    return list.cases();
  }

  private static CaseList.Draft draft(CaseList list, String id, String title, Severity severity) {
    return list.add(id, title)
        .hooks("policy")
        .level(ISTIO)
        .severity(severity)
        .source("Istio AuthorizationPolicy")
        .why("Callers reach what they must not reach, or are shut out.")
        .fix("Decide by the verified certificate and the policies alone; deny wins.");
  }

  private static void decisions(CaseList list) {
    draft(list, "AUT-01", "without a policy everybody may", MEDIUM)
        .sent("no policy; two identities")
        .must("both accepted")
        .check(PolicyChecks::nobodyIsDenied);
    draft(list, "AUT-02", "who is not allowed is denied", CRITICAL)
        .sent("ALLOW for one identity; a call as that one and as another")
        .must("accepted; denied, the application sees nothing")
        .check(PolicyChecks::allowOne);
    draft(list, "AUT-03", "deny wins", CRITICAL)
        .sent("ALLOW and DENY for the same identity")
        .must("denied")
        .check(PolicyChecks::denyWins);
    draft(list, "AUT-04", "an ALLOW that matches nobody denies everybody", CRITICAL)
        .sent("ALLOW for somebody else")
        .must("denied")
        .check(PolicyChecks::allowNobody);
    draft(list, "AUT-05", "every kind of rule decides as written", CRITICAL)
        .sent(
            "64 sets of generated policies (exact, prefix, suffix, presence; principals, namespaces, accounts, address blocks, ports; negations, AND, OR), eight callers each")
        .must("512 decisions as the rules say")
        .within(LONG)
        .check(PolicyTable::check);
    draft(list, "AUT-11", "a dry run denies nobody", MEDIUM)
        .sent("DENY for everybody as a dry run")
        .must("accepted")
        .check(PolicyChecks::dryRun);
    draft(list, "AUT-12", "a policy without rules matches nobody", CRITICAL)
        .sent("ALLOW without rules; DENY without rules")
        .must("the first denies everybody, the second nobody")
        .check(PolicyChecks::withoutRules);
  }

  private static void matching(CaseList list) {
    draft(list, "AUT-06", "ports are those of the application", HIGH)
        .sent("DENY for one of two ports of the application, over the same tunnel port")
        .must("that port denied, the other accepted")
        .check(PolicyChecks::ports);
    draft(list, "AUT-07", "names are compared literally", CRITICAL)
        .sent("ALLOW for a.b, admin and namespace foo; calls as axb, admin2, foobar and the like")
        .must("the named ones accepted, the others denied")
        .source("Istio AuthorizationPolicy; CVE-2026-39350; CVE-2020-16844")
        .cve("CVE-2026-39350", "CVE-2020-16844")
        .check(PolicyChecks::literalNames);
    draft(list, "AUT-08", "the source address is the peer's", CRITICAL)
        .sent("ALLOW for an address; the same address only claimed in fields")
        .must("accepted by address, denied by claim")
        .check(PolicyChecks::sourceAddress);
  }

  private static void changes(CaseList list) {
    draft(list, "AUT-09", "who is no longer allowed is cut off", HIGH)
        .sent("DENY for the caller of an open tunnel, while another caller's tunnel is open")
        .must("closed within two seconds; the other lives")
        .check(PolicyChecks::cutOff);
    draft(list, "AUT-10", "a change while connecting leaves nothing in between", HIGH)
        .sent("40 changes between ALLOW and DENY while tunnels are opened")
        .must("each tunnel accepted or denied; none is left after the last DENY")
        .within(LONG)
        .check(PolicyChecks::flips);
  }

  private static void modes(CaseList list) {
    draft(list, "MOD-01", "plaintext is refused where mutual TLS is asked for", CRITICAL)
        .sent("STRICT; plaintext, and TLS without a certificate, to the application's port")
        .must("refused, the application sees nothing")
        .source("Istio PeerAuthentication")
        .check(ModeChecks::strict);
    draft(list, "MOD-02", "plaintext passes where it is permitted", HIGH)
        .sent("no policy; plaintext to the application's port")
        .must("served")
        .source("Istio PeerAuthentication")
        .check(ModeChecks::permissive);
    draft(list, "MOD-03", "plaintext has no identity", CRITICAL)
        .sent("ALLOW for any identity; plaintext")
        .must("denied")
        .source("Istio PeerAuthentication")
        .check(ModeChecks::needsIdentity);
    draft(list, "MOD-04", "a port can differ from the workload", HIGH)
        .sent("STRICT but for one port, and the reverse")
        .must("each port as it says")
        .source("Istio PeerAuthentication")
        .check(ModeChecks::perPort);
    draft(list, "MOD-05", "plaintext to the proxy's own ports goes nowhere", HIGH)
        .sent("plaintext to 15001, 15006 and 15008 of the workload")
        .must("closed")
        .source("HBONE")
        .check(ModeChecks::ownPorts);
  }

  private static void impersonation(CaseList list) {
    draft(list, "IMP-01", "fields of the request name nobody", CRITICAL)
        .sent("ALLOW for one identity; a call as another, with fields that name the first")
        .must("denied")
        .check(PolicyChecks::claimedIdentity);
    draft(list, "IMP-03", "the certificate decides, not the address", HIGH)
        .sent("ALLOW for one identity; its certificate from two addresses, another one's from both")
        .must("accepted from both; denied from both")
        .check(PolicyChecks::otherAddress);
  }
}
