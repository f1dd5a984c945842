package dev.marrow.cli.local.plan;

import static dev.marrow.cli.local.Objects.deployment;
import static dev.marrow.cli.local.Objects.plan;
import static dev.marrow.cli.local.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshPlannerTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void replicasAreSpreadOverTheNodes() throws IOException {
    MeshPlan plan = plan(directory, deployment("web", 4, ""));

    assertThat(plan.pods().values())
        .extracting(pod -> pod.seat().node())
        .containsExactly(1, 2, 1, 2);
    assertThat(plan.pods().values()).extracting(pod -> pod.seat().v4()).doesNotHaveDuplicates();
  }

  @Test
  void aDaemonSetHasOnePodOnEveryNodeThatItWants() throws IOException {
    String set =
        deployment("wp", 7, "").replace("Deployment", "DaemonSet").replace("  replicas: 7\n", "");
    String selected =
        set.replace(
            "      containers:",
            "      nodeSelector: {kubernetes.io/hostname: node-2}\n      containers:");

    MeshPlan everywhere = plan(directory, set);
    MeshPlan second = plan(directory, selected);

    assertThat(everywhere.pods().values())
        .extracting(pod -> pod.seat().node())
        .containsExactly(1, 2);
    assertThat(everywhere.pods().values())
        .allMatch(pod -> pod.kind().equals("DaemonSet") && pod.owner().equals("shop/wp"));
    assertThat(second.pods().values()).extracting(pod -> pod.seat().node()).containsExactly(2);
  }

  @Test
  void aPodKeepsItsSeatWhenOthersComeAndGo() throws IOException {
    Map<PodKey, Seat> seats = new HashMap<>();
    MeshPlan before = plan(directory, deployment("web", 2, ""), seats, new HashMap<>());

    MeshPlan after =
        plan(directory, deployment("a", 3, "") + deployment("web", 2, ""), seats, new HashMap<>());

    before.pods().forEach((key, pod) -> assertThat(after.pods().get(key)).isEqualTo(pod));
    assertThat(after.pods()).hasSize(5);
  }

  @Test
  void aChangedTemplateMeansOtherPodsButAMeshLabelDoesNot() throws IOException {
    MeshPlan before = plan(directory, deployment("web", 1, ""));

    MeshPlan other = plan(directory, deployment("web", 1, "").replace("server", "server2"));
    MeshPlan labelled =
        plan(
            directory,
            deployment("web", 1, "")
                .replace("{app: web}}", "{app: web, istio.io/use-waypoint: w}}"));

    assertThat(other.pods().firstKey()).isNotEqualTo(before.pods().firstKey());
    assertThat(labelled.pods().firstKey()).isEqualTo(before.pods().firstKey());
    assertThat(labelled.pods().firstEntry().getValue().template().labels())
        .containsEntry("istio.io/use-waypoint", "w");
  }

  @Test
  void variablesAreFilledFromFieldsAndFromOneAnother() throws IOException {
    PlannedPod pod = plan(directory, deployment("web", 1, "")).pods().firstEntry().getValue();

    Map<String, String> values =
        Variable.resolve(pod.template().containers().getFirst().environment(), pod.fields());

    assertThat(values).containsEntry("NAME", "web").containsEntry("IP", pod.seat().v4());
    assertThat(Variable.expand("--name=$(NAME) $(NOPE)", values)).isEqualTo("--name=web $(NOPE)");
  }

  @Test
  void servicesGetAddressesOfBothFamiliesAndKeepThem() throws IOException {
    Map<String, Integer> numbers = new HashMap<>();
    plan(directory, service("web", ""), new HashMap<>(), numbers);

    MeshPlan plan =
        plan(directory, service("a", "") + service("web", ""), new HashMap<>(), numbers);

    assertThat(java.util.Objects.requireNonNull(plan.services().get("shop/web")).addresses())
        .containsExactly("198.19.1.0", "fd00:198:19::100");
    assertThat(java.util.Objects.requireNonNull(plan.services().get("shop/a")).addresses())
        .containsExactly("198.19.1.1", "fd00:198:19::101");
  }

  @Test
  void aHeadlessServiceHasNoAddress() throws IOException {
    MeshPlan plan = plan(directory, service("web", "  clusterIP: None\n"));

    assertThat(java.util.Objects.requireNonNull(plan.services().get("shop/web")).headless())
        .isTrue();
  }

  @Test
  void aPodWithoutACommandIsAProblemWithItsPlaceAndHarmsNobody() throws IOException {
    String bad =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: bad, namespace: shop}\nspec: {containers: [{name: app, image: x}]}\n---\n";

    MeshPlan plan = plan(directory, bad + deployment("web", 1, ""));

    assertThat(plan.pods()).hasSize(1);
    assertThat(plan.problems())
        .singleElement()
        .asString()
        .contains("objects.yaml:1")
        .contains("spec.containers[0].command: none");
  }

  @Test
  void tooManyReplicasAreRefused() throws IOException {
    assertThat(plan(directory, deployment("web", 201, "")).problems())
        .singleElement()
        .asString()
        .contains("spec.replicas: 201 (expected: 0..200)");
  }

  @Test
  void readinessIsTheProbeOrTheFirstPort() throws IOException {
    String probe = "        readinessProbe: {httpGet: {path: /ok, port: http}}\n";

    MeshPlan plan = plan(directory, deployment("web", 1, probe) + deployment("plain", 1, ""));

    assertThat(plan.pods().values())
        .extracting(pod -> pod.template().containers().getFirst().readiness())
        .containsExactly(new Probe.Tcp(8080), new Probe.Http(8080, "/ok"));
  }

  @Test
  void aPodsOwnWordCountsBeforeItsNamespaces() {
    Map<String, String> ambient = Map.of(MeshPlan.DATAPLANE_MODE, "ambient");
    Map<String, String> none = Map.of(MeshPlan.DATAPLANE_MODE, "none");

    assertThat(
            List.of(
                MeshPlan.ambient(Map.of(), ambient),
                MeshPlan.ambient(none, ambient),
                MeshPlan.ambient(ambient, Map.of()),
                MeshPlan.ambient(Map.of(), Map.of())))
        .containsExactly(true, false, true, false);
  }

  @Test
  void aSlipInTheLabelThatMeansPlaintextIsTold() throws IOException {
    String namespace =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambien}}
        ---
        """;

    MeshPlan plan =
        plan(
            directory,
            namespace
                + deployment("web", 1, "")
                    .replace("{app: web}}", "{app: web, istio.io/dataplane-mode: Ambient}}"));

    assertThat(plan.problems())
        .extracting(problem -> problem.reason())
        .containsExactlyInAnyOrder(
            "Namespace shop: label istio.io/dataplane-mode: 'ambien' (expected: ambient or none)",
            "Deployment shop/web: label istio.io/dataplane-mode: 'Ambient' (expected: ambient or none)");
    assertThat(plan.pods()).hasSize(1);
  }
}
