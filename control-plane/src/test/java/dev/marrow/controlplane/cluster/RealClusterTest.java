package dev.marrow.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.authority.Authentication;
import dev.marrow.controlplane.authority.Caller;
import dev.marrow.controlplane.authority.Refusal;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.AuthoritySettings;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.Origin;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What only a real API server can show. Runs where {@code KUBECONFIG} names one. */
@EnabledIfEnvironmentVariable(
    named = "KUBECONFIG",
    matches = ".+",
    disabledReason = "no KUBECONFIG: no API server to test against")
class RealClusterTest {
  private static final JsonMapper JSON = new JsonMapper();
  private final String namespace = "marrow-real-" + Long.toString(System.nanoTime(), 36);
  private final String here = "/api/v1/namespaces/" + namespace;

  private final ApiServer server = ApiServer.connect();

  @BeforeEach
  void start() throws Exception {
    make("/api/v1/namespaces/" + namespace, "Namespace", "{}");
    make(here + "/serviceaccounts/ztunnel", "ServiceAccount", "{}");
  }

  @AfterEach
  void stop() throws Exception {
    server.delete(here + "/pods/zt");
    server.delete("/api/v1/namespaces/" + namespace);
    server.close();
  }

  @Test
  void aPodsTokenTellsItsAccountPodAndNode() throws Exception {
    Reply pod =
        make(
            here + "/pods/zt",
            "Pod",
            """
            {"spec": {"serviceAccountName": "ztunnel", "nodeName": "no-such-node",
                      "containers": [{"name": "c", "image": "none"}]}}
            """);
    String uid = pod.body().at("/metadata/uid").stringValue("");
    TokenReviews reviews =
        new TokenReviews(
            server,
            "istio-ca",
            key -> Optional.of(KubeObject.read((ObjectNode) pod.body(), new Origin("test", 0))),
            Clock.systemUTC());

    Authentication known = reviews.verify(token("istio-ca", uid));

    assertThat(known)
        .isEqualTo(
            new Authentication.Known(
                new Caller(
                    namespace,
                    "ztunnel",
                    Optional.of(new Caller.Place("zt", uid, "no-such-node")))));
    assertThat(reason(reviews.verify(token("other", uid))))
        .isIn(Refusal.TOKEN_REVIEW, Refusal.TOKEN_AUDIENCE);
    assertThat(reason(reviews.verify("not.a.token"))).isEqualTo(Refusal.TOKEN_REVIEW);
  }

  @Test
  void replicasThatStartAtOnceHaveOneRoot() throws Exception {
    List<Future<Set<X509Certificate>>> roots = new ArrayList<>();
    try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        roots.add(replicas.submit(() -> open().roots()));
      }
    }

    for (Future<Set<X509Certificate>> each : roots) {
      assertThat(each.get()).hasSize(1).isEqualTo(roots.getFirst().get());
    }
  }

  @Test
  void oneOfTwoCandidatesLeadsAndTheOtherFollowsIt() throws Exception {
    Leadership one = candidate("one");
    Leadership two = candidate("two");
    one.start();
    await(one::leading);
    two.start();

    one.close();

    await(two::leading);
    two.close();
  }

  // --------------------------------------------------------------------------------------------

  private Authority open() {
    return Authority.open(
        new KeysInSecret(server, namespace, "ca"),
        TrustDomain.parse("cluster.local"),
        Clock.systemUTC(),
        AuthoritySettings.DEFAULT);
  }

  private Leadership candidate(String name) {
    return new Leadership(
        server,
        namespace,
        "leader",
        name,
        new Leadership.Times(Duration.ofSeconds(3), Duration.ofMillis(200)),
        Clock.systemUTC());
  }

  private Reply make(String path, String kind, String rest) throws Exception {
    var object = (ObjectNode) JSON.readTree(rest);
    object.put("apiVersion", "v1").put("kind", kind);
    object.withObject("metadata").put("name", path.substring(path.lastIndexOf('/') + 1));
    Reply reply = server.apply(path, "marrow-test", object);
    assertThat(reply.ok()).as(reply.reason()).isTrue();
    return reply;
  }

  private String token(String audience, String uid) throws Exception {
    JsonNode request =
        JSON.readTree(
            """
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
             "spec": {"audiences": ["%s"], "expirationSeconds": 600,
                      "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "zt",
                                         "uid": "%s"}}}
            """
                .formatted(audience, uid));
    Reply reply = server.create(here + "/serviceaccounts/ztunnel/token", request);
    assertThat(reply.ok()).as(reply.reason()).isTrue();
    return reply.body().at("/status/token").stringValue("");
  }

  private static Refusal reason(Authentication answer) {
    return answer instanceof Authentication.Refused refused
        ? refused.reason()
        : Refusal.NO_CREDENTIALS;
  }

  private static void await(BooleanSupplier wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }
}
