package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MeshExtension.class)
class WaypointIT {
  private static final String READ_ONLY =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata:
        name: ledger-read-only
        namespace: bank
      spec:
        targetRefs:
        - group: ""
          kind: Service
          name: ledger
        action: ALLOW
        rules:
        - from:
          - source:
              principals: [cluster.local/ns/bank/sa/teller]
          to:
          - operation:
              methods: [GET]
      """;

  private static final String PAIR =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: two, namespace: bank}
      data:
        deployment: |
          spec: {replicas: 2}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata:
        name: pair
        namespace: bank
        annotations: {istio.io/for-service-account: ledger}
        labels: {istio.io/waypoint-for: all}
      spec:
        gatewayClassName: istio-waypoint
        infrastructure: {parametersRef: {group: "", kind: ConfigMap, name: two}}
        listeners: [{name: mesh, port: 15008, protocol: HBONE}]
      """;

  private static final String EVERYWHERE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: where, namespace: bank}
      data:
        daemonSet: |
          spec: {template: {spec: {nodeSelector: {}}}}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata:
        name: near
        namespace: bank
        annotations: {istio.io/for-service-account: ledger, marrow.dev/placement: node}
        labels: {istio.io/waypoint-for: all}
      spec:
        gatewayClassName: marrow-waypoint
        infrastructure: {parametersRef: {group: "", kind: ConfigMap, name: where}}
        listeners: [{name: mesh, port: 15008, protocol: HBONE}]
      """;

  private final LocalMesh mesh;

  WaypointIT(LocalMesh mesh) {
    this.mesh = mesh;
  }

  @Test
  void anAccountsWaypointEnforcesAPolicyAndCannotBeGoneAround() throws Exception {
    Path policy = mesh.config().resolve("ledger-read-only.yaml");
    try {
      Shell.Output applied =
          mesh.marrow("waypoint", "apply", "--for-service-account", "ledger", "-n", "bank");
      assertThat(applied.status()).as(applied.text()).isZero();
      Files.writeString(policy, READ_ONLY);

      Await.until(
          "DELETE is denied",
          Duration.ofSeconds(20),
          () -> mesh.curl("bank/teller", "DELETE", "http://ledger.bank/").equals("403"));
      assertThat(mesh.curl("bank/teller", "GET", "http://ledger.bank/")).isEqualTo("200");
      assertThat(mesh.curl("bank/vault", "GET", "http://ledger.bank/")).isEqualTo("403");
      assertThat(
              mesh.curl(
                  "bank/teller", "DELETE", "http://" + mesh.address("bank", "ledger") + ":8080/"))
          .isNotEqualTo("200");
      assertThat(
              mesh.curl(
                  "street/stranger", "GET", "http://" + mesh.address("bank", "ledger") + ":8080/"))
          .isEqualTo("000");
      assertThat(mesh.json("waypoints").get("items").isEmpty()).isFalse();
      whoLooksOnSeesTheRefusalAndNoSecret();
    } finally {
      Files.deleteIfExists(policy);
      String name = mesh.json("waypoints").get("items").get(0).get("name").asString();
      mesh.marrow("waypoint", "delete", name, "-n", "bank");
    }
    Await.until(
        "the ledger is open again",
        Duration.ofSeconds(30),
        () -> mesh.curl("bank/teller", "DELETE", "http://ledger.bank/").equals("200"));
  }

  private void whoLooksOnSeesTheRefusalAndNoSecret() throws Exception {
    String name = mesh.json("waypoints").get("items").get(0).get("name").asString();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Shell.Output> tap =
          threads.submit(() ->
              mesh.marrow(
                  "tap",
                  "waypoint/" + name,
                  "-n",
                  "bank",
                  "--method",
                  "DELETE",
                  "--limit",
                  "1",
                  "--seconds",
                  "20",
                  "-o",
                  "json"));
      Await.until(
          "the tap has shown one",
          Duration.ofSeconds(25),
          () -> {
            mesh.in(
                "bank/teller",
                "curl",
                "-s",
                "-m",
                "4",
                "-X",
                "DELETE",
                "-H",
                "authorization: Bearer topsecret",
                "http://ledger.bank/tapped");
            return tap.isDone();
          });

      assertThat(tap.get().status()).isZero();
      assertThat(tap.get().text())
          .contains("/tapped", "403", "sa/teller")
          .doesNotContain("topsecret");
    }
  }

  @Test
  void aConfigMapGivesAWaypointSeveralPodsThatAllServe() throws Exception {
    Path file = mesh.config().resolve("pair.yaml");
    try {
      Files.writeString(file, PAIR);
      Await.until(
          "two pods are ready",
          Duration.ofSeconds(40),
          () -> mesh.marrow("waypoint", "list").text().contains("2/2"));
      Await.until(
          "both have served",
          Duration.ofSeconds(20),
          () ->
              // The one in the client's zone is preferred: ask from either node.
              mesh.curl("bank/teller", "GET", "http://ledger.bank/").equals("200")
                  && mesh.curl("bank/vault", "GET", "http://ledger.bank/").equals("200")
                  && served("pair-") == 2);

      Files.writeString(file, PAIR.replace("replicas: 2", "replicas: many"));
      Await.until(
          "the mistake is told",
          Duration.ofSeconds(10),
          () -> mesh.marrow("status").text().contains("(InvalidParameters)"));
    } finally {
      Files.deleteIfExists(file);
    }
    Await.until(
        "the pair has gone",
        Duration.ofSeconds(40),
        () -> mesh.json("waypoints").get("items").isEmpty());
  }

  @Test
  void clientsUseTheWaypointOfTheirOwnNodeAndAnotherWhenItIsGone() throws Exception {
    // Where the objects of the mesh put the client.
    String node = "node-1";
    String other = "node-2";
    Path file = mesh.config().resolve("near.yaml");
    try {
      Files.writeString(file, EVERYWHERE);
      Await.until(
          "both pods are ready, and the client's node knows its own",
          Duration.ofSeconds(40),
          () ->
              mesh.marrow("waypoint", "list").text().contains("2/2")
                  && mesh.curl("bank/teller", "GET", "http://ledger.bank/first").equals("200")
                  && requests(node, "/first") > 0);
      for (int i = 0; i < 6; i++) {
        assertThat(mesh.curl("bank/teller", "GET", "http://ledger.bank/near")).isEqualTo("200");
      }
      // Log lines are up to a moment late.
      Await.until("all are in its log", Duration.ofSeconds(10), () -> requests(node, "/near") == 6);
      assertThat(requests(other, "/near")).isZero();

      Files.writeString(
          file,
          EVERYWHERE.replace(
              "nodeSelector: {}", "nodeSelector: {kubernetes.io/hostname: %s}".formatted(other)));
      Await.until(
          "the other node's has taken over",
          Duration.ofSeconds(40),
          () ->
              mesh.curl("bank/teller", "GET", "http://ledger.bank/far").equals("200")
                  && requests(other, "/far") > 0);
    } finally {
      Files.deleteIfExists(file);
    }
    Await.until(
        "the waypoints have gone",
        Duration.ofSeconds(40),
        () -> mesh.json("waypoints").get("items").isEmpty());
  }

  /** How many requests to {@code path} the waypoints have served whose names have {@code part}. */
  private long requests(String part, String path) throws Exception {
    try (var logs = Files.list(mesh.state().resolve("logs"))) {
      return logs.filter(log -> log.getFileName().toString().contains("near-"))
          .filter(log -> log.getFileName().toString().contains(part))
          .flatMap(log -> textOf(log).lines())
          .filter(line -> line.contains("\"GET " + path + " HTTP/1.1\" 200"))
          .count();
    }
  }

  /** How many pods of that name have served a request. */
  private long served(String name) throws Exception {
    try (var logs = Files.list(mesh.state().resolve("logs"))) {
      return logs.filter(log -> log.getFileName().toString().contains(name))
          .filter(log -> log.toFile().length() > 0)
          .filter(log -> textOf(log).contains("\"GET / HTTP/1.1\" 200"))
          .count();
    }
  }

  private static String textOf(Path log) {
    try {
      return Files.readString(log);
    } catch (java.io.IOException e) {
      return "";
    }
  }
}
