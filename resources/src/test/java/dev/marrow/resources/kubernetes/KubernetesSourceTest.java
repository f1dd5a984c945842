package dev.marrow.resources.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.kubernetes.FakeApiServer.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KubernetesSourceTest {
  private static final String PODS = "/api/v1/pods";
  private static final String ROUTES = "/apis/gateway.networking.k8s.io/v1/httproutes";
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final Patience SHORT =
      new Patience(
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          2);
  private static final List<WatchedKind> KINDS =
      MeshKinds.all().stream()
          .filter(kind -> kind.kind().equals("Pod") || kind.kind().equals("HTTPRoute"))
          .toList();

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private FakeApiServer fake;
  private ApiServer server;
  private final List<KubernetesSource> sources = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    fake = FakeApiServer.start(PODS, DEFINITIONS);
    server = ApiServer.at(fake.url());
    for (int i = 0; i < 5; i++) {
      fake.put(PODS, pod("web-" + i, "node-1"));
    }
  }

  @AfterEach
  void stop() {
    sources.forEach(KubernetesSource::close);
    server.close();
    fake.close();
  }

  @Test
  void pagesAreReadThenEventsFollowed() throws Exception {
    follow(SHORT);
    assertThat(snapshot().all("Pod")).hasSize(5);

    fake.put(PODS, pod("web-9", "node-1"));
    fake.delete(PODS, "shop/web-0");

    await(s -> s.get(key("web-9")).isPresent() && s.get(key("web-0")).isEmpty());
    assertThat(lists(PODS)).isEqualTo(3);
  }

  @Test
  void aPodKeepsOnlyWhatAMeshAsksAbout() throws Exception {
    follow(SHORT);

    var pod = snapshot().get(key("web-1")).orElseThrow();

    assertThat(pod.labels()).containsEntry("app", "web");
    assertThat(pod.annotations()).containsOnlyKeys("ambient.istio.io/redirection");
    assertThat(pod.spec().path("nodeName").stringValue()).isEqualTo("node-1");
    assertThat(pod.status().at("/conditions/0/status").stringValue()).isEqualTo("True");
    assertThat(pod.spec().at("/initContainers/0/ports/0/name").stringValue()).isEqualTo("auth");
    assertThat(pod.spec().at("/initContainers/0/restartPolicy").stringValue()).isEqualTo("Always");
    assertThat(pod.content().toString())
        .doesNotContain("managedFields", "image", "resourceVersion");
  }

  @Test
  void aChangeOfWhatIsLeftOutIsNotPublished() throws Exception {
    follow(SHORT);
    ResourceSnapshot before = snapshot();

    fake.put(PODS, pod("web-1", "node-1").replace("nginx", "nginx:2"));
    fake.put(PODS, pod("web-9", "node-1"));

    await(s -> s.get(key("web-9")).isPresent());
    assertThat(snapshot().changedSince(before)).containsExactly(key("web-9"));
  }

  @Test
  void afterGoneEverythingIsListedAgainAndWhatWentMeanwhileGoes() throws Exception {
    follow(SHORT);
    fake.faults(request -> request.watch() ? Optional.of(Fault.code(410)) : Optional.empty());
    fake.hangUp();
    fake.delete(PODS, "shop/web-0");
    fake.put(PODS, pod("web-9", "node-1"));
    fake.compact();
    fake.faults(request -> Optional.empty());

    await(s -> s.get(key("web-9")).isPresent() && s.get(key("web-0")).isEmpty());
    assertThat(snapshot().all("Pod")).hasSize(5);
    assertThat(failures).contains("Pod gone");
  }

  @Test
  void anErrorEventOfAnOldVersionListsAgain() throws Exception {
    follow(SHORT);
    fake.putUntold(PODS, pod("web-9", "node-1"));

    await(s -> s.get(key("web-9")).isPresent());
    assertThat(failures).contains("Pod gone");
  }

  @Test
  void aServerThatIsAwayCostsNoObject() throws Exception {
    follow(SHORT);
    int port = fake.port();
    fake.close();
    await(s -> !s.problems().isEmpty());
    assertThat(snapshot().all("Pod")).hasSize(5);

    fake = FakeApiServer.start(port, PODS, DEFINITIONS);
    fake.put(PODS, pod("web-7", "node-1"));
    fake.compact();

    await(s -> s.get(key("web-7")).isPresent() && s.problems().isEmpty());
    assertThat(snapshot().all("Pod")).hasSize(1);
  }

  @Test
  void tooManyRequestsIsWaitedOutAsLongAsTheServerSays() throws Exception {
    fake.faults(request ->
        lists(PODS) < 3 && request.path().equals(PODS)
            ? Optional.of(new Fault(429, Map.of("Retry-After", "1")))
            : Optional.empty());
    long start = System.nanoTime();

    follow(SHORT);

    assertThat(snapshot().all("Pod")).hasSize(5);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
    assertThat(failures).contains("Pod http_429");
  }

  @Test
  void aListThatBreaksOffTakesNothingAway() throws Exception {
    follow(SHORT);
    fake.faults(request ->
        request.query().containsKey("continue") ? Optional.of(Fault.code(500)) : Optional.empty());
    fake.compact();
    fake.put(PODS, pod("web-0", "node-2"));
    fake.compact();
    fake.hangUp();

    await(s -> node(s, "web-0").equals("node-2"));
    assertThat(snapshot().all("Pod")).hasSize(5);
  }

  @Test
  void aWatchThatFallsSilentIsOpenedAgain() throws Exception {
    follow(
        new Patience(
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            500));

    await(s -> failures.contains("Pod silent"));
    fake.put(PODS, pod("web-9", "node-1"));

    await(s -> s.get(key("web-9")).isPresent());
  }

  @Test
  void aKindIsPickedUpWhenItsDefinitionAppears() throws Exception {
    follow(SHORT);
    assertThat(snapshot().all("HTTPRoute")).isEmpty();

    fake.serve(ROUTES);
    fake.put(ROUTES, "{\"metadata\": {\"name\": \"r\", \"namespace\": \"shop\"}, \"spec\": {}}");
    fake.put(DEFINITIONS, "{\"metadata\": {\"name\": \"httproutes.gateway.networking.k8s.io\"}}");

    await(s -> s.get("HTTPRoute", "shop", "r").isPresent());
    assertThat(snapshot().problems()).isEmpty();
  }

  @Test
  void objectsGoWithTheirDefinitionAndNotBefore() throws Exception {
    fake.serve(ROUTES);
    String route = "{\"metadata\": {\"name\": \"r\", \"namespace\": \"shop\"}, \"spec\": {}}";
    fake.put(ROUTES, route);
    fake.put(DEFINITIONS, "{\"metadata\": {\"name\": \"httproutes.gateway.networking.k8s.io\"}}");
    follow(SHORT);

    fake.unserve(ROUTES);
    await(s -> !s.problems().isEmpty());
    assertThat(snapshot().all("HTTPRoute")).hasSize(1);

    fake.delete(DEFINITIONS, "httproutes.gateway.networking.k8s.io");
    await(s -> s.all("HTTPRoute").isEmpty());
  }

  // --------------------------------------------------------------------------------------------

  private void follow(Patience patience) throws InterruptedException {
    WatchReport report =
        new WatchReport() {
          @Override
          public void listed(String kind, int objects) {}

          @Override
          public void heard(String kind, int events) {}

          @Override
          public void failed(String kind, String reason) {
            failures.add(kind + " " + reason);
          }
        };
    sources.add(KubernetesSource.follow(server, KINDS, report, patience, new Random(1)));
    sources.getFirst().awaitComplete();
  }

  private ResourceSnapshot snapshot() {
    return sources.getFirst().snapshot();
  }

  private long lists(String path) {
    return fake.requests().stream()
        .filter(request -> request.path().equals(path) && !request.watch())
        .count();
  }

  private void await(Predicate<ResourceSnapshot> wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!wanted.test(snapshot())) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  private static ObjectKey key(String name) {
    return new ObjectKey("Pod", "shop", name);
  }

  private static String node(ResourceSnapshot snapshot, String name) {
    return snapshot.get(key(name)).orElseThrow().spec().path("nodeName").stringValue("");
  }

  private static String pod(String name, String node) {
    return """
    {"metadata": {"name": "%s", "namespace": "shop", "labels": {"app": "web"},
                  "annotations": {"ambient.istio.io/redirection": "enabled", "cni": "x"},
                  "managedFields": [{"manager": "kubelet"}]},
     "spec": {"nodeName": "%s", "serviceAccountName": "web",
              "containers": [{"name": "web", "image": "nginx",
                              "ports": [{"name": "http", "containerPort": 80}]}],
              "initContainers": [{"name": "proxy", "image": "oauth", "restartPolicy": "Always",
                                  "ports": [{"name": "auth", "containerPort": 81}]}]},
     "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}],
                "conditions": [{"type": "Initialized", "status": "True"},
                               {"type": "Ready", "status": "True"}]}}
    """
        .formatted(name, node);
  }
}
