package dev.marrow.it.kubernetes;

import com.marcnuri.helm.Helm;
import java.io.IOException;

/** The chart on the cluster, by Helm itself. */
final class Installation {
  static final String NAMESPACE = "marrow-system";
  private static final String NAME = "marrow";

  private Installation() {}

  static void install() throws IOException {
    new Helm(Cluster.chart())
        .install()
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .createNamespace()
        .withKubeConfig(Cluster.kubeconfig())
        .call();
    ready();
  }

  static void upgrade(String key, Object value) throws IOException {
    new Helm(Cluster.chart())
        .upgrade()
        .withName(NAME)
        .withNamespace(NAMESPACE)
        .set(key, value)
        .withKubeConfig(Cluster.kubeconfig())
        .call();
    ready();
  }

  static void uninstall() {
    Helm.uninstall(NAME).withNamespace(NAMESPACE).withKubeConfig(Cluster.kubeconfig()).call();
  }

  static void ready() throws IOException {
    Cluster.rolledOut(NAMESPACE, "deployment/control-plane");
    Cluster.rolledOut(NAMESPACE, "daemonset/marrow-node-agent");
    Cluster.rolledOut(NAMESPACE, "daemonset/ztunnel");
  }

  /** How many pods of a DaemonSet are ready. */
  static int ready(String daemonSet) throws IOException {
    return Integer.parseInt(Cluster.field(NAMESPACE, daemonSet, "{.status.numberReady}"));
  }

  /** Ends the oldest replica of the control plane without a word. */
  static void killAReplica() throws IOException {
    String[] pods = pods(NAMESPACE, "marrow-control-plane", ".metadata.creationTimestamp");
    Cluster.kubectl("-n", NAMESPACE, "delete", "pod", pods[0], "--grace-period=0", "--force");
  }

  /** Whether a node proxy has counted a connection to the server under mutual TLS. */
  static boolean encrypts() throws IOException {
    return encrypts(NAMESPACE);
  }

  static boolean encrypts(String namespace) throws IOException {
    String server = "destination_principal=\"spiffe://cluster.local/ns/it-shop/sa/server\"";
    for (String proxy : pods(namespace, "ztunnel", ".metadata.name")) {
      String path = "/api/v1/namespaces/%s/pods/%s:15020/proxy/metrics".formatted(namespace, proxy);
      boolean counted =
          Cluster.kubectl("get", "--raw", path)
              .lines()
              .filter(line -> line.startsWith("istio_tcp_connections_opened_total"))
              .anyMatch(line -> line.contains("mutual_tls") && line.contains(server));
      if (counted) {
        return true;
      }
    }
    return false;
  }

  private static String[] pods(String namespace, String app, String order) throws IOException {
    return Cluster.kubectl(
            "-n",
            namespace,
            "get",
            "pods",
            "-l",
            "app=" + app,
            "--sort-by=" + order,
            "-o",
            "jsonpath={.items[*].metadata.name}")
        .strip()
        .split(" ");
  }
}
