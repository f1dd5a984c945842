package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Match;
import dev.marrow.proto.security.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PeerAuthentications for node proxies: a test per row. */
class PeerAuthenticationTest {
  private static final String STRICT = "istio-system/istio_converted_static_strict";
  private static final String OWN = "shop/converted_peer_authentication_own";
  private static final String POD = Yaml.pod("web-1", "app: web", "", "10.0.0.1");

  private static String peers(String name, String spec) {
    return Yaml.object("security.istio.io/v1", "PeerAuthentication", name, spec);
  }

  private static String mode(String mode) {
    return "{mtls: {mode: %s}}".formatted(mode);
  }

  private static String ofMesh(String spec) {
    return peers("mesh", spec).replace("namespace: shop", "namespace: istio-system");
  }

  @Test
  void theStaticPolicyDeniesPeersWithoutIdentity() {
    Compiled mesh = Compiled.of(POD, ofMesh(mode("PERMISSIVE")));

    Match match = mesh.policy(STRICT).getRules(0).getClauses(0).getMatches(0);
    assertThat(mesh.policy(STRICT).getAction()).isEqualTo(Action.DENY);
    assertThat(mesh.policy(STRICT).getScope()).isEqualTo(Scope.WORKLOAD_SELECTOR);
    assertThat(match.getNotPrincipals(0).hasPresence()).isTrue();
    mesh.remove("PeerAuthentication", "istio-system", "mesh");
    assertThat(mesh.versions("")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "UNSET, UNSET, UNSET, false",
    "STRICT, UNSET, UNSET, true",
    "STRICT, PERMISSIVE, UNSET, false",
    "STRICT, DISABLE, UNSET, false",
    "PERMISSIVE, STRICT, UNSET, true",
    "STRICT, UNSET, PERMISSIVE, false",
    "UNSET, UNSET, STRICT, true",
    "UNSET, PERMISSIVE, STRICT, true",
  })
  void theNearestModeCounts(String ofMesh, String ofNamespace, String own, boolean strict) {
    Compiled mesh =
        Compiled.of(
            POD,
            ofMesh(mode(ofMesh)),
            peers("ns", mode(ofNamespace)),
            peers("own", "{selector: {matchLabels: {app: web}}, mtls: {mode: %s}}".formatted(own)));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList())
        .isEqualTo(strict ? List.of(STRICT) : List.of());
  }

  @Test
  void theOldestOfTwoCounts() {
    String older = "namespace: shop, creationTimestamp: \"2020-01-01T00:00:00Z\"";
    Compiled mesh =
        Compiled.of(
            POD,
            peers("a", mode("PERMISSIVE"))
                .replace("namespace: shop", older.replace("2020", "2021")),
            peers("b", mode("STRICT")).replace("namespace: shop", older));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).containsExactly(STRICT);
  }

  @Test
  void aSelectorInTheRootNamespaceSelectsNothing() {
    Compiled mesh =
        Compiled.of(POD, ofMesh("{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}"));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "UNSET, PERMISSIVE, STRICT, true, false",
    "UNSET, STRICT, PERMISSIVE, false, true",
    "UNSET, STRICT, DISABLE, false, true",
    "STRICT, PERMISSIVE, DISABLE, false, true",
    "PERMISSIVE, STRICT, STRICT, true, false",
  })
  void aPortThatDiffersHasAPolicyOfItsOwn(
      String own, String ofNamespace, String ofPort, boolean listed, boolean excluded) {
    Compiled mesh =
        Compiled.of(POD, peers("ns", mode(ofNamespace)), peers("own", ports(own, ofPort)));

    Match match = mesh.policy(OWN).getRules(0).getClauses(0).getMatches(0);
    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).containsExactly(OWN);
    assertThat(match.getDestinationPortsList()).isEqualTo(listed ? List.of(8080) : List.of());
    assertThat(match.getNotDestinationPortsList()).isEqualTo(excluded ? List.of(8080) : List.of());
    assertThat(match.getNotPrincipals(0).hasPresence()).isTrue();
  }

  @Test
  void aPortThatDoesNotDifferNeedsNone() {
    Compiled mesh = Compiled.of(POD, peers("own", ports("STRICT", "STRICT")));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).containsExactly(STRICT);
  }

  private static String ports(String own, String ofPort) {
    return "{selector: {matchLabels: {app: web}}, mtls: {mode: %s}, portLevelMtls: {\"8080\": {mode: %s}}}"
        .formatted(own, ofPort);
  }

  @Test
  void aWrongModeChangesNothingAndIsSaid() {
    Compiled mesh = Compiled.of(POD, peers("ns", mode("STRICT")));

    mesh.put(peers("ns", mode("STRONG")));

    assertThat(mesh.pod("web-1").getAuthorizationPoliciesList()).containsExactly(STRICT);
    assertThat(mesh.condition("PeerAuthentication", "ns", "Accepted"))
        .startsWith("False Invalid spec.mtls.mode: 'STRONG'");
  }
}
