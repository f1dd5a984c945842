package dev.marrow.controlplane.bench;

import dev.marrow.controlplane.AdsClient;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.MeshKinds;
import dev.marrow.resources.kubernetes.WatchedKind;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster of many pods on a made-up API server, and the clients of a control plane on it, which
 * is a process of its own. Prints one {@code name=value} a line.
 *
 * <p>Arguments: number of pods, port of the API server, port of the control plane, its process
 * file, seconds of churn, changes a second.
 */
public final class LoadedCluster {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PER_NAMESPACE = 1000;
  private static final int PER_SERVICE = 50;
  private static final int PER_NODE = 50;
  private static final String PODS = "/api/v1/pods";
  private static final String POLICIES = "/apis/security.istio.io/v1/authorizationpolicies";

  private final int pods;
  private final FakeApiServer server;

  private LoadedCluster(int pods, int port) throws IOException {
    this.pods = pods;
    List<String> collections =
        new ArrayList<>(
            List.of(
                "/apis/apps/v1/deployments",
                "/apis/policy/v1/poddisruptionbudgets",
                "/apis/autoscaling/v2/horizontalpodautoscalers",
                "/api/v1/secrets",
                "/apis/coordination.k8s.io/v1/leases",
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"));
    for (WatchedKind kind : MeshKinds.all()) {
      String version = kind.versions().getFirst();
      String group = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
      collections.add(group + version + "/" + kind.plural());
    }
    server = FakeApiServer.start(port, collections.toArray(String[]::new));
    server.answers(request ->
        request.path().endsWith("tokenreviews") ? Optional.of(review()) : Optional.empty());
  }

  public static void main(String[] arguments) throws Exception {
    LoadedCluster cluster =
        new LoadedCluster(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    cluster.fill();
    System.out.println("filled=" + cluster.pods);
    int port = Integer.parseInt(arguments[2]);
    long start = System.nanoTime();
    awaitPort(port);
    print("ready_ms", (System.nanoTime() - start) / 1_000_000);
    Path process = Path.of("/proc", Files.readString(Path.of(arguments[3])).strip());
    print("rss_ready_kb", rss(process));
    cluster.measure(port, process, Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]));
    System.exit(0);
  }

  private void measure(int port, Path process, int seconds, int rate) throws Exception {
    ManagedChannel channel = channel(port);
    AdsClient full = new AdsClient(channel, "node-1");
    full.send(AdsClient.ADDRESS, r -> r.setNode(AdsClient.ztunnel()));
    long first = System.nanoTime();
    print("full_bytes", size(full.take()));
    print("full_first_ms", (System.nanoTime() - first) / 1_000_000);
    onDemand(port);
    policyToPush(channel, "policy", 0);
    print("rss_served_kb", rss(process));

    long cpu = cpu(process);
    long began = System.nanoTime();
    long bytes = 0;
    for (int i = 0; i < seconds * rate; i++) {
      change(i);
      long due = began + (i + 1) * 1_000_000_000L / rate;
      Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
      while (full.waiting() > 0) {
        bytes += size(full.take());
      }
    }
    double took = (System.nanoTime() - began) / 1e9;
    print("churn_per_s", Math.round(seconds * rate / took));
    print("churn_cpu_percent", Math.round((cpu(process) - cpu) / took));
    print("churn_full_bytes_per_s", Math.round(bytes / took));
    print("rss_churned_kb", rss(process));
    policyToPush(channel, "policy_after_churn", 1000);
  }

  /** What a node gets that asks only for its own pods and ten services. */
  private void onDemand(int port) throws Exception {
    ManagedChannel channel = channel(port);
    AdsClient client = new AdsClient(channel, "node-1");
    client.send(
        AdsClient.ADDRESS,
        r ->
            r.setNode(AdsClient.ztunnel())
                .addResourceNamesSubscribe("*")
                .addResourceNamesUnsubscribe("*"));
    print("demand_own_bytes", size(client.take()));
    client.send(
        AdsClient.ADDRESS,
        r -> {
          for (int i = 0; i < PER_NODE; i++) {
            r.addResourceNamesSubscribe("/" + ip(i));
          }
          for (int i = 0; i < 10; i++) {
            r.addResourceNamesSubscribe("ns0/s%d.ns0.svc.cluster.local".formatted(i));
          }
        });
    DeltaDiscoveryResponse answer = client.take();
    print("demand_bytes", size(answer));
    print("demand_resources", answer.getResourcesCount());
    channel.shutdownNow();
  }

  /**
   * From a change at the API server until a client has it.
   *
   * @param first number of the policies, which must be new ones: what did not change is not sent
   */
  private void policyToPush(ManagedChannel channel, String what, int first) throws Exception {
    AdsClient client = new AdsClient(channel, "node-2");
    client.send(AdsClient.AUTHORIZATION, r -> r.setNode(AdsClient.ztunnel()));
    client.take();
    long[] micros = new long[40];
    for (int i = 0; i < micros.length; i++) {
      long start = System.nanoTime();
      server.put(POLICIES, policy(first + i));
      client.take();
      micros[i] = (System.nanoTime() - start) / 1000;
      Thread.sleep(30);
    }
    Arrays.sort(micros);
    print(what + "_to_push_p50_us", micros[micros.length / 2]);
    print(what + "_to_push_max_us", micros[micros.length - 1]);
  }

  private void change(int i) {
    int pod = (int) (i * 7919L % pods);
    server.put(PODS, pod(pod, i % 2 == 0 ? "False" : "True"));
  }

  private void fill() {
    for (int namespace = 0; namespace * PER_NAMESPACE < pods; namespace++) {
      server.put("/api/v1/namespaces", "{\"metadata\": {\"name\": \"ns%d\"}}".formatted(namespace));
      for (int s = 0; s < PER_NAMESPACE / PER_SERVICE; s++) {
        server.put("/api/v1/services", service(namespace, s));
      }
    }
    for (int i = 0; i < pods; i++) {
      server.put(PODS, pod(i, "True"));
    }
    server.compact();
  }

  private static String ip(int i) {
    return "10.%d.%d.%d".formatted(i / 62_500, i / 250 % 250, i % 250 + 1);
  }

  private static String service(int namespace, int number) {
    return """
    {"metadata": {"name": "s%2$d", "namespace": "ns%1$d"},
     "spec": {"clusterIP": "10.200.%1$d.%2$d", "selector": {"app": "a%2$d"},
              "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}}
    """
        .formatted(namespace, number);
  }

  private static String pod(int i, String ready) {
    int app = i % (PER_NAMESPACE / PER_SERVICE);
    return """
    {"metadata": {"name": "a%2$d-5d4f8c7b9d-%1$05d", "namespace": "ns%3$d", "uid": "%1$036d",
       "creationTimestamp": "2026-01-01T00:00:00Z",
       "labels": {"app": "a%2$d", "version": "v1", "pod-template-hash": "5d4f8c7b9d",
                  "app.kubernetes.io/name": "a%2$d", "app.kubernetes.io/part-of": "shop"},
       "annotations": {"ambient.istio.io/redirection": "enabled"},
       "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet",
                            "name": "a%2$d-5d4f8c7b9d", "uid": "r", "controller": true}]},
     "spec": {"nodeName": "node-%4$d", "serviceAccountName": "a%2$d",
       "containers": [{"name": "app", "image": "registry.example/shop/a%2$d:1.0.0",
         "ports": [{"name": "http", "containerPort": 8080}],
         "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
         "env": [{"name": "LEVEL", "value": "info"}]}]},
     "status": {"phase": "Running", "podIP": "%5$s", "podIPs": [{"ip": "%5$s"}],
       "conditions": [{"type": "Initialized", "status": "True"},
                      {"type": "Ready", "status": "%6$s"}]}}
    """
        .formatted(i, app, i / PER_NAMESPACE, i / PER_NODE, ip(i), ready);
  }

  private static String policy(int i) {
    return """
    {"metadata": {"name": "p%1$d", "namespace": "ns0"}, "spec": {
      "selector": {"matchLabels": {"app": "nobody"}},
      "rules": [{"from": [{"source": {"namespaces": ["ns%1$d"]}}]}]}}
    """
        .formatted(i);
  }

  private static JsonNode review() {
    return JSON.readTree(
        """
        {"status": {"authenticated": true, "audiences": ["istio-ca"], "user": {
          "username": "system:serviceaccount:marrow-system:ztunnel", "extra": {
            "authentication.kubernetes.io/pod-name": ["ztunnel-1"],
            "authentication.kubernetes.io/node-name": ["node-1"]}}}}
        """);
  }

  private static ManagedChannel channel(int port) throws IOException {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .overrideAuthority("istiod.istio-system.svc")
        .maxInboundMessageSize(400 << 20)
        .sslContext(
            GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build())
        .build();
  }

  private static void awaitPort(int port) throws InterruptedException {
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
        return;
      } catch (IOException e) {
        Thread.sleep(20);
      }
    }
  }

  private static long rss(Path process) throws IOException {
    try (Stream<String> lines = Files.lines(process.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    }
  }

  /** In hundredths of a second, of both kinds: so per second a percentage of a core. */
  private static long cpu(Path process) throws IOException {
    String[] fields = Files.readString(process.resolve("stat")).replaceAll(".*\\) ", "").split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  private static long size(DeltaDiscoveryResponse response) {
    return response.getSerializedSize();
  }

  private static void print(String name, long value) {
    System.out.println(name + "=" + value);
  }
}
