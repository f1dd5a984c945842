package dev.marrow.ztunnel.dns;

import java.util.List;

/**
 * Who asks.
 *
 * @param searchDomains suffixes its resolver may have appended, from long to short
 */
public record Client(String namespace, String network, List<String> searchDomains) {
  public Client {
    searchDomains = List.copyOf(searchDomains);
  }

  /** The search domains Kubernetes gives a pod. */
  static Client inCluster(String namespace, String network, String clusterDomain) {
    return new Client(
        namespace,
        network,
        List.of(namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain));
  }
}
