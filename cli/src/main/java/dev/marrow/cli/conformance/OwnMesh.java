package dev.marrow.cli.conformance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The mesh file of the node proxy under judgement: one workload on loopback, the kit as a waypoint
 * that it may dial, and the policies of the moment. Used by one thread.
 */
final class OwnMesh {
  static final String PLAINTEXT_HOST = "127.0.0.3";
  private static final Duration IN_FORCE = Duration.ofSeconds(10);
  private static final String WORKLOADS =
      """
      workloads:
        - uid: Kubernetes//Pod/default/application
          name: application
          namespace: default
          serviceAccount: application
          trustDomain: cluster.local
          protocol: HBONE
          workloadIps: ["127.0.0.1", "%s"]
          node: here
          services: {}
      """
          .formatted(PLAINTEXT_HOST);
  private static final String KIT =
      """
        - uid: Kubernetes//Pod/default/kit
          name: kit
          namespace: default
          serviceAccount: %s
          trustDomain: cluster.local
          protocol: HBONE
          workloadIps: ["%s"]
          node: elsewhere
          services: {}
        - uid: Kubernetes//Pod/default/behind-the-kit-%d
          name: behind-the-kit-%d
          namespace: default
          serviceAccount: behind
          trustDomain: cluster.local
          protocol: HBONE
          workloadIps: ["127.0.1.1"]
          node: elsewhere
          waypoint: { destination: "/%s", hboneMtlsPort: %d }
          services: {}
      """;

  private final OwnFolder folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private String kit = "";
  private String policies = "policies: []\n";
  private int generation;

  OwnMesh(OwnFolder folder) throws IOException {
    this.folder = folder;
    write();
  }

  private void write() throws IOException {
    folder.write("mesh.yaml", WORKLOADS + kit + policies);
  }

  /** Puts {@code policies:} in force; {@code name} is that of a new one among them. */
  void policies(String text, String name) throws IOException {
    policies = text;
    write();
    await(name);
  }

  /** What is dialled at 127.0.1.1 goes through the kit at this address, as this account. */
  void kit(String host, int port, String account) throws IOException {
    int number = ++generation;
    kit = KIT.formatted(account, host, number, number, host, port);
    write();
    await("behind-the-kit-" + number);
  }

  private void await(String name) throws IOException {
    long deadline = System.nanoTime() + IN_FORCE.toNanos();
    while (System.nanoTime() < deadline) {
      if (get("http://127.0.0.1:15000/config_dump").contains('"' + name + '"')) {
        return;
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    throw new IOException("the proxy does not know '%s' after %s".formatted(name, IN_FORCE));
  }

  String metrics() throws IOException {
    return get("http://127.0.0.1:15020/stats/prometheus");
  }

  private String get(String url) throws IOException {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }
}
