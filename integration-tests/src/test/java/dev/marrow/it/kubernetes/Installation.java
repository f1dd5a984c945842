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
}
