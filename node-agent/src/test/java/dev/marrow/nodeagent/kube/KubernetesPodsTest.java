package dev.marrow.nodeagent.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.nodeagent.api.ApiFailure;
import dev.marrow.nodeagent.enrol.Enrolments;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.resources.KubeObject;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** On a made-up API server and a made-up node. */
class KubernetesPodsTest {
  private static final String UID = "0a1b2c3d-0000-1111-2222-333344445555";
  private static final String POD =
      """
      {"metadata":{"name":"web","namespace":"shop","uid":"%s","resourceVersion":"8","annotations":{%s}},\
      "spec":{"nodeName":"n1"},"status":{"phase":"Running","podIPs":[{"ip":"198.18.1.2"}]}}\
      """
          .replace("\n", "");

  @TempDir Path dir;
  private FakeApi api;
  private KubernetesPods pods;

  @BeforeEach
  void start() throws Exception {
    Path process = Files.createDirectories(dir.resolve("proc/7/ns"));
    Files.writeString(process.resolve("net"), "a namespace");
    Files.writeString(dir.resolve("proc/7/cgroup"), "0::/kubepods/pod" + UID + "/c1\n");
    api = FakeApi.start();
    api.lists.put("/api/v1/pods", pod(""));
    var host = new HostNamespaces(dir.resolve("proc"), dir.resolve("netns"));
    pods = KubernetesPods.of(api.server(), "n1", host);
    await(() -> pods.snapshot().problems().isEmpty());
  }

  @AfterEach
  void stop() {
    pods.close();
    api.close();
  }

  @Test
  void aRunningPodIsShownWithItsNamespace() {
    assertThat(web().annotations())
        .containsEntry(EnrolmentPlan.NETNS, dir.resolve("proc/7/ns/net").toString());
    await(() -> !api.watches.isEmpty());
    assertThat(api.watches.getFirst())
        .contains("resourceVersion=7", "fieldSelector=spec.nodeName=n1");
  }

  @Test
  void whatAUserWritesAboutANamespaceIsNotBelieved() {
    String evil =
        pod("\"marrow.dev/netns\":\"/proc/1/ns/net\"")
            .replace(UID, "other")
            .replace("\"web\"", "\"evil\"");
    api.podEvents.add("{\"type\":\"ADDED\",\"object\":" + evil + "}");

    await(() -> pods.snapshot().get("Pod", "shop", "evil").isPresent());
    assertThat(pods.snapshot().get("Pod", "shop", "evil").orElseThrow().annotations())
        .doesNotContainKey(EnrolmentPlan.NETNS);
  }

  @Test
  void aWatchThatEndsGoesOnWhereItWas() {
    api.podEvents.add("{\"type\":\"MODIFIED\",\"object\":" + pod("\"a\":\"b\"") + "}");
    await(() -> web().annotations().containsKey("a"));
    api.endWatch();

    await(() -> api.watches.size() == 2);
    assertThat(api.watches.get(1)).contains("resourceVersion=8");
  }

  @Test
  void whatWasForgottenIsListedAgain() {
    api.lists.put("/api/v1/pods", "");
    api.podEvents.add("{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}");

    await(() -> pods.snapshot().get("Pod", "shop", "web").isEmpty());
  }

  @Test
  void aPodThatBeginsIsThereBeforeTheWatchHeardOfIt() throws Exception {
    var json = new JsonMapper();
    String fresh =
        "{\"metadata\":{\"name\":\"new\",\"namespace\":\"shop\",\"uid\":\"u2\"},\"spec\":{\"nodeName\":\"n1\"},\"status\":{\"phase\":\"Pending\"}}";
    var sandbox =
        new Sandbox(dir.resolve("proc/7/ns/net"), List.of(InetAddress.ofLiteral("198.18.1.9")));

    pods.begun(
        json.readTree(fresh),
        json.readTree(api.lists.getOrDefault("/api/v1/namespaces", "")),
        sandbox);

    KubeObject pod = pods.snapshot().get("Pod", "shop", "new").orElseThrow();
    assertThat(pod.annotations()).containsEntry(EnrolmentPlan.NETNS, sandbox.netns().toString());
    assertThat(pod.status().path("podIPs").path(0).path("ip").stringValue())
        .isEqualTo("198.18.1.9");
  }

  @Test
  void newsOfAnEarlierPodOfTheNameDoNotTouchTheOneThatHasBegun() throws Exception {
    var json = new JsonMapper();
    String second =
        pod("").replace(UID, "u2").replace("{\"name\"", created("2026-01-01T00:01:00Z"));
    String first = pod("").replace("{\"name\"", created("2026-01-01T00:00:00Z"));
    var sandbox = new Sandbox(dir.resolve("proc/7/ns/net"), List.of());
    pods.begun(json.readTree(second), json.readTree("{\"metadata\":{\"name\":\"shop\"}}"), sandbox);

    api.podEvents.add("{\"type\":\"MODIFIED\",\"object\":" + first + "}");
    String marker = first.replace("\"web\"", "\"marker-1\"");
    api.podEvents.add("{\"type\":\"ADDED\",\"object\":" + marker + "}");
    await(() -> pods.snapshot().get("Pod", "shop", "marker-1").isPresent());
    assertThat(web().uid()).isEqualTo("u2");

    api.podEvents.add("{\"type\":\"DELETED\",\"object\":" + first + "}");
    api.podEvents.add("{\"type\":\"DELETED\",\"object\":" + marker + "}");
    await(() -> pods.snapshot().get("Pod", "shop", "marker-1").isEmpty());
    assertThat(web().uid()).isEqualTo("u2");
  }

  private static String created(String time) {
    return "{\"creationTimestamp\":\"" + time + "\",\"name\"";
  }

  @Test
  void anEnrolmentIsAnAnnotationThatNamesThePodItIsFor() throws Exception {
    var enrolments = new AnnotatedEnrolments(api.server(), pods, "n1");

    enrolments.enter(new Enrolments.Entry("shop", "web", UID));

    assertThat(api.patches)
        .containsExactly(
            "/api/v1/namespaces/shop/pods/web/status {\"metadata\":{\"uid\":\"%s\",\"annotations\":{\"ambient.istio.io/redirection\":\"enabled\"}}}"
                .formatted(UID));
  }

  @Test
  void strikingOutAPodThatIsGoneIsDoneAndOneThatCannotBeReachedIsTriedAgain() throws Exception {
    api.podEvents.add(
        "{\"type\":\"MODIFIED\",\"object\":"
            + pod("\"ambient.istio.io/redirection\":\"enabled\"")
            + "}");
    await(() -> web().annotations().containsKey("ambient.istio.io/redirection"));
    var enrolments = new AnnotatedEnrolments(api.server(), pods, "n1");
    var entry = new Enrolments.Entry("shop", "web", UID);
    assertThat(enrolments.entries()).containsExactly(entry);

    api.patchStatus = 500;
    assertThatThrownBy(() -> enrolments.strike(entry)).isInstanceOf(ApiFailure.class);
    api.patchStatus = 404;
    enrolments.strike(entry);
    enrolments.strike(entry);

    assertThat(api.patches)
        .hasSize(2)
        .allMatch(patch -> patch.contains("\"ambient.istio.io/redirection\":null"));
    assertThat(enrolments.entries()).isEmpty();
  }

  @Test
  void anEnrolmentThatTheWatchHasNotShownYetIsStruckOut() throws Exception {
    var enrolments = new AnnotatedEnrolments(api.server(), pods, "n1");
    var entry = new Enrolments.Entry("shop", "web", UID);
    enrolments.enter(entry);

    enrolments.strike(entry);

    assertThat(api.patches).hasSize(2);
    assertThat(api.patches.getLast()).contains("\"ambient.istio.io/redirection\":null");
  }

  private static String pod(String annotations) {
    return POD.formatted(UID, annotations);
  }

  private KubeObject web() {
    return Optional.of(pods.snapshot()).flatMap(s -> s.get("Pod", "shop", "web")).orElseThrow();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
