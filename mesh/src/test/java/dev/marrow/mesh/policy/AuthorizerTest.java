package dev.marrow.mesh.policy;

import static dev.marrow.mesh.TestMesh.account;
import static dev.marrow.mesh.TestMesh.anonymous;
import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.namespaces;
import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.principals;
import static dev.marrow.mesh.TestMesh.sources;
import static dev.marrow.mesh.TestMesh.toPorts;
import static dev.marrow.mesh.TestMesh.workload;
import static dev.marrow.mesh.policy.PolicyAction.ALLOW;
import static dev.marrow.mesh.policy.PolicyAction.DENY;
import static dev.marrow.mesh.policy.PolicyAction.UNREADABLE;
import static dev.marrow.mesh.policy.PolicyScope.GLOBAL;
import static dev.marrow.mesh.policy.PolicyScope.NAMESPACE;
import static dev.marrow.mesh.policy.PolicyScope.WORKLOAD_SELECTOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.TestWorkload;
import dev.marrow.mesh.policy.Decision.Denied;
import dev.marrow.mesh.policy.Decision.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthorizerTest {
  private static final Peer CLIENT =
      Peer.verified(SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/client"));
  private static final String PRINCIPAL = "cluster.local/ns/shop/sa/client";

  private final TestMesh mesh = new TestMesh();

  @Test
  void withoutPoliciesEverybodyIsAllowed() {
    assertThat(decide(workload("web"), CLIENT)).isEqualTo(new Decision.Allowed(List.of()));
    assertThat(decide(workload("web"), Peer.ANONYMOUS).allowed()).isTrue();
  }

  @Test
  void policiesOfTheNamespaceAndGlobalOnesApplyUnnamed() {
    mesh.put(policy("default/ns", NAMESPACE, DENY, principals(PRINCIPAL)));
    assertThat(decide(workload("web"), CLIENT))
        .isEqualTo(denied(Reason.DENY_MATCHED, "default/ns"));
    assertThat(decide(workload("web").namespace("other"), CLIENT).allowed()).isTrue();

    mesh.put(policy("root/all", GLOBAL, DENY, principals(PRINCIPAL)));
    assertThat(decide(workload("web").namespace("other"), CLIENT).allowed()).isFalse();
  }

  @Test
  void aSelectorPolicyAppliesToThoseThatNameItOnly() {
    mesh.put(policy("root/strict", WORKLOAD_SELECTOR, DENY, anonymous()));

    assertThat(decide(workload("web"), Peer.ANONYMOUS).allowed()).isTrue();
    assertThat(decide(workload("web").policies("root/strict"), Peer.ANONYMOUS))
        .isEqualTo(denied(Reason.DENY_MATCHED, "root/strict"));
    assertThat(decide(workload("web").policies("root/strict"), CLIENT).allowed()).isTrue();
  }

  @Test
  void aPolicyThatIsNamedAndNotKnownDenies() {
    assertThat(decide(workload("web").policies("a/missing"), CLIENT))
        .isEqualTo(denied(Reason.POLICY_UNKNOWN, "a/missing"));
  }

  @Test
  void aPolicyThatCouldNotBeReadDenies() {
    mesh.put(policy("default/new", NAMESPACE, UNREADABLE));

    assertThat(decide(workload("web"), CLIENT))
        .isEqualTo(denied(Reason.POLICY_REJECTED, "default/new"));
    assertThat(decide(workload("web").namespace("other"), CLIENT).allowed()).isTrue();
  }

  @Test
  void denyWinsOverAllow() {
    mesh.put(
        policy("default/allow", NAMESPACE, ALLOW, principals(PRINCIPAL)),
        policy("default/deny", NAMESPACE, DENY, namespaces("shop")));

    assertThat(decide(workload("web"), CLIENT))
        .isEqualTo(denied(Reason.DENY_MATCHED, "default/deny"));
  }

  @Test
  void withAnAllowPolicyOthersThanItMatchesAreDenied() {
    mesh.put(policy("default/allow", NAMESPACE, ALLOW, namespaces("friends")));

    assertThat(decide(workload("web"), CLIENT)).isEqualTo(denied(Reason.NOT_ALLOWED, ""));
    assertThat(((Denied) decide(workload("web"), CLIENT)).text())
        .isEqualTo("allow policies exist, but none allowed");
  }

  @Test
  void anyOfSeveralAllowPoliciesSuffices() {
    mesh.put(
        policy("default/a", NAMESPACE, ALLOW, namespaces("friends")),
        policy("default/b", NAMESPACE, ALLOW, toPorts(8080)));

    assertThat(decide(workload("web"), CLIENT).allowed()).isTrue();
  }

  @Test
  void anAllowPolicyWithoutRulesDeniesEverybody() {
    mesh.put(policy("default/nobody", NAMESPACE, ALLOW));

    assertThat(decide(workload("web"), CLIENT)).isEqualTo(denied(Reason.NOT_ALLOWED, ""));
  }

  @Test
  void aDenyPolicyWithoutRulesDeniesNobody() {
    mesh.put(policy("default/empty", NAMESPACE, DENY));

    assertThat(decide(workload("web"), CLIENT).allowed()).isTrue();
  }

  @Test
  void aDryRunDenyIsReportedAndNotEnforced() {
    mesh.put(dryRun(policy("default/deny", NAMESPACE, DENY, namespaces("shop"))));

    assertThat(decide(workload("web"), CLIENT))
        .isEqualTo(new Decision.Allowed(List.of(new DryRun("default/deny", DENY, true))));
  }

  @Test
  void aDryRunAllowDoesNotMakeOthersDenied() {
    mesh.put(dryRun(policy("default/allow", NAMESPACE, ALLOW, namespaces("friends"))));

    assertThat(decide(workload("web"), CLIENT))
        .isEqualTo(new Decision.Allowed(List.of(new DryRun("default/allow", ALLOW, false))));
  }

  @Test
  void aPolicyThatAppliesTwiceIsAskedOnce() {
    mesh.put(dryRun(policy("default/deny", NAMESPACE, DENY, namespaces("shop"))));

    assertThat(decide(workload("web").policies("default/deny"), CLIENT).dryRuns()).hasSize(1);
  }

  @Test
  void serviceAccountsMatchInAnyTrustDomain() {
    mesh.put(policy("default/deny", NAMESPACE, DENY, account("shop", "client")));
    Peer stranger = Peer.verified(SpiffeId.parse("spiffe://other.example/ns/shop/sa/client"));

    assertThat(decide(workload("web"), stranger).allowed()).isFalse();
    assertThat(decide(workload("web"), Peer.ANONYMOUS).allowed()).isTrue();
  }

  @Test
  void sourcesAreComparedAsBlocks() {
    mesh.put(policy("default/deny", NAMESPACE, DENY, sources("10.0.0.0/24", "fd00::/16")));

    assertThat(from("10.0.0.255").allowed()).isFalse();
    assertThat(from("10.0.1.0").allowed()).isTrue();
    assertThat(from("fd00:1::1").allowed()).isFalse();
    assertThat(from("fe00::1").allowed()).isTrue();
  }

  @Test
  void anIdentityOfAnotherFormHasNoNamespace() {
    mesh.put(policy("default/deny", NAMESPACE, DENY, namespaces("shop")));
    Peer other = Peer.verified(SpiffeId.parse("spiffe://cluster.local/shop"));

    assertThat(decide(workload("web"), other).allowed()).isTrue();
  }

  private Decision from(String source) {
    return Authorizer.authorize(
        mesh.current(),
        workload("web").build(),
        new ConnectionFacts(CLIENT, ip(source), ip("10.9.0.1"), 8080));
  }

  private Decision decide(TestWorkload destination, Peer peer) {
    return Authorizer.authorize(
        mesh.current(),
        destination.build(),
        new ConnectionFacts(peer, ip("10.0.0.1"), ip("10.9.0.1"), 8080));
  }

  private static Denied denied(Reason reason, String policy) {
    return new Denied(reason, policy, List.of());
  }

  private static Policy dryRun(Policy p) {
    return new Policy(p.namespace(), p.name(), p.scope(), p.action(), p.rules(), true);
  }
}
