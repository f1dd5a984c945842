package dev.marrow.nodeagent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.nodeagent.Cluster;
import dev.marrow.resources.DirectorySource;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrolmentPlanTest {
  private static final Path NETNS = Path.of("/run/netns/web-1");
  private static final String AMBIENT = "istio.io/dataplane-mode: ambient";
  private static final String NONE = "istio.io/dataplane-mode: none";

  @TempDir Path dir;
  private Cluster cluster;

  @BeforeEach
  void begin() throws IOException {
    cluster = new Cluster(dir.resolve("objects"));
  }

  @ParameterizedTest
  @CsvSource({
    "ambient, '',      true",
    "ambient, none,    false",
    "ambient, ambient, true",
    "'',      ambient, true",
    "'',      '',      false",
    "none,    ambient, true",
    "ambient, sidecar, false",
  })
  void thePodsLabelWinsOverTheNamespaces(String namespace, String pod, boolean enrolled)
      throws IOException {
    cluster.namespace("shop", label(namespace));
    cluster.pod("n1", "shop", "web-1", NETNS, label(pod), "");

    assertThat(decisions().getFirst() instanceof Decision.Enrol).isEqualTo(enrolled);
  }

  private static String label(String mode) {
    return mode.isEmpty() ? "" : "istio.io/dataplane-mode: " + mode;
  }

  @Test
  void aTargetKnowsAllThatEnrolmentNeeds() throws IOException {
    cluster.pod("n1", "shop", "web-1", NETNS, AMBIENT, "");

    assertThat(decisions())
        .containsExactly(
            new Decision.Enrol(
                new PodTarget(
                    "uid-web-1",
                    "shop",
                    "web-1",
                    "web",
                    NETNS,
                    List.of(
                        InetAddress.ofLiteral("198.18.78.2"), InetAddress.ofLiteral("fd00:78::2")),
                    new Redirection(true, true, List.of()))));
  }

  @Test
  void annotationsChangeWhatIsRedirected() throws IOException {
    String annotations =
        ", ambient.istio.io/bypass-inbound-capture: \"true\""
            + ", ambient.istio.io/dns-capture: \"false\""
            + ", istio.io/reroute-virtual-interfaces: \"net1, tap.0\"";
    cluster.pod("n1", "shop", "web-1", NETNS, AMBIENT, annotations);

    assertThat(decisions().getFirst())
        .isInstanceOfSatisfying(
            Decision.Enrol.class,
            enrol ->
                assertThat(enrol.target().redirection())
                    .isEqualTo(new Redirection(false, false, List.of("net1", "tap.0"))));
  }

  @Test
  void anInterfaceThatCouldChangeTheRulesIsRefused() throws IOException {
    String evil = ", istio.io/reroute-virtual-interfaces: 'a\" accept; #'";
    cluster.pod("n1", "shop", "web-1", NETNS, AMBIENT, evil);

    assertThat(decisions().getFirst()).isInstanceOf(Decision.Leave.class);
  }

  @Test
  void podsOfOtherNodesAreNotOurs() throws IOException {
    cluster.pod("n2", "shop", "web-1", NETNS, AMBIENT, "");

    assertThat(decisions()).isEmpty();
  }

  @Test
  void excludedNamespacesAndSidecarsStayOutside() throws IOException {
    cluster.pod("n1", "kube-system", "dns", NETNS, AMBIENT, "");
    cluster.pod("n1", "shop", "web-1", NETNS, AMBIENT, ", sidecar.istio.io/status: x");
    cluster.pod("n1", "shop", "web-2", NETNS, NONE, "");

    assertThat(decisions())
        .containsExactly(
            new Decision.Leave("uid-dns", NETNS, "excluded namespace"),
            new Decision.Leave("uid-web-1", Path.of(""), "has a sidecar"),
            new Decision.Leave("uid-web-2", NETNS, "not labelled istio.io/dataplane-mode=ambient"));
  }

  @Test
  void podsOnTheNodesNetworkAndFinishedOnesAreNeverTouched() throws IOException {
    String form =
        """
        {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: %s, uid: %s,
          labels: {istio.io/dataplane-mode: ambient}, annotations: {marrow.dev/netns: /x}},
         spec: {nodeName: n1, hostNetwork: %s}, status: {phase: %s}}
        """;
    cluster.write("a", form.formatted("a", "a", "true", "Running"));
    cluster.write("b", form.formatted("b", "b", "false", "Succeeded"));

    assertThat(decisions())
        .containsExactly(
            new Decision.Leave("a", Path.of(""), "uses the node's network"),
            new Decision.Ended("b"));
  }

  private List<Decision> decisions() throws IOException {
    try (var source = DirectorySource.watch(List.of(dir.resolve("objects")))) {
      assertThat(source.snapshot().problems()).isEmpty();
      return new EnrolmentPlan("n1", Set.of("kube-system"), true).decide(source.snapshot());
    }
  }
}
