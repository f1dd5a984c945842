package dev.marrow.it.kubernetes;

import java.io.IOException;

/**
 * Node proxies of our image in a DaemonSet of the shape that Istio's chart gives them, in place of
 * those of our chart.
 */
final class IstioNodes {
  private static final String NAMESPACE = "istio-system";
  private static final String OURS = "daemonset/ztunnel";
  private static final String NOWHERE =
      "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"marrow.dev/nowhere\":\"yes\"}}}}}";

  private IstioNodes() {}

  /** They start beside ours, which then end. */
  static void takeOver() throws Exception {
    Cluster.apply(Cluster.resource("istio-ztunnel.yaml"));
    Cluster.rolledOut(NAMESPACE, "daemonset/ztunnel");
    Cluster.kubectl("-n", Installation.NAMESPACE, "patch", OURS, "-p", NOWHERE);
    Cluster.kubectl(
        "-n",
        Installation.NAMESPACE,
        "wait",
        "--for=delete",
        "pod",
        "-l",
        "app=ztunnel",
        "--timeout=95s");
  }

  /** Whether one of them has counted a connection to the server under mutual TLS. */
  static boolean encrypt() throws IOException {
    return Installation.encrypts(NAMESPACE);
  }

  /** Only the customers' identity reaches the server. */
  static void letInOnlyTheShop() throws IOException {
    Cluster.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: customers-only, namespace: it-shop}
        spec:
          selector: {matchLabels: {app: server}}
          action: ALLOW
          rules:
            - from: [{source: {principals: [cluster.local/ns/it-shop/sa/default]}}]
        """);
  }

  /** Ours start beside them, which then end, with all that was made for them. */
  static void giveBack() throws IOException {
    Cluster.kubectl("-n", Installation.NAMESPACE, "rollout", "undo", OURS);
    Installation.ready();
    Cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=95s");
    Shop.kubectl("delete", "authorizationpolicy", "customers-only");
  }
}
