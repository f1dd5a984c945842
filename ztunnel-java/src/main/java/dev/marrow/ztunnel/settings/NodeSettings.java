package dev.marrow.ztunnel.settings;

import dev.marrow.identity.TrustDomain;
import java.util.Optional;
import java.util.Set;

/**
 * Where this proxy is.
 *
 * @param network empty for the default network
 * @param instanceIp empty when not told
 * @param preferredNamespace wins when two services share a host name; empty for none
 */
public record NodeSettings(
    String network,
    String nodeName,
    String clusterId,
    String clusterDomain,
    TrustDomain trustDomain,
    Set<TrustDomain> trustDomainAliases,
    String podName,
    String podNamespace,
    String serviceAccount,
    String instanceIp,
    String preferredNamespace) {
  public NodeSettings {
    trustDomainAliases = Set.copyOf(trustDomainAliases);
  }

  /** Whether enough is known of ourselves to serve our own metrics over the mesh. */
  public boolean knowsItself() {
    return !podName.isEmpty() && !podNamespace.isEmpty() && !serviceAccount.isEmpty();
  }

  /** The xDS node id (ztunnel~ip~pod.namespace~domain). */
  public String nodeId() {
    String ip = Optional.of(instanceIp).filter(s -> !s.isEmpty()).orElse("1.1.1.1");
    return "ztunnel~%s~%s.%s~%s.svc.cluster.local"
        .formatted(ip, podName, podNamespace, podNamespace);
  }
}
