package dev.marrow.mesh.file;

import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.HealthStatus;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.LoadBalancing.HealthPolicy;
import dev.marrow.mesh.workload.LoadBalancing.Mode;
import dev.marrow.mesh.workload.LoadBalancing.Scope;
import dev.marrow.mesh.workload.NetworkMode;
import dev.marrow.mesh.workload.TunnelProtocol;
import dev.marrow.mesh.workload.Visibility;
import dev.marrow.mesh.workload.WorkloadType;
import java.util.Map;

/** How our enums are spelled in the file. What is not in a map cannot be written there. */
final class Words {
  static final Map<String, TunnelProtocol> PROTOCOL =
      Map.of("TCP", TunnelProtocol.NONE, "HBONE", TunnelProtocol.HBONE);
  static final Map<String, NetworkMode> NETWORK_MODE =
      Map.of("Standard", NetworkMode.STANDARD, "HostNetwork", NetworkMode.HOST_NETWORK);
  static final Map<String, HealthStatus> STATUS =
      Map.of("Healthy", HealthStatus.HEALTHY, "Unhealthy", HealthStatus.UNHEALTHY);
  static final Map<String, WorkloadType> WORKLOAD_TYPE =
      Map.of(
          "deployment", WorkloadType.DEPLOYMENT,
          "cronjob", WorkloadType.CRONJOB,
          "pod", WorkloadType.POD,
          "job", WorkloadType.JOB);
  static final Map<String, Mode> MODE =
      Map.of(
          "Standard", Mode.ANY,
          "Strict", Mode.STRICT,
          "Failover", Mode.FAILOVER,
          "Passthrough", Mode.PASSTHROUGH);
  static final Map<String, Scope> SCOPE =
      Map.of(
          "Region", Scope.REGION,
          "Zone", Scope.ZONE,
          "Subzone", Scope.SUBZONE,
          "Node", Scope.NODE,
          "Cluster", Scope.CLUSTER,
          "Network", Scope.NETWORK);
  static final Map<String, HealthPolicy> HEALTH_POLICY =
      Map.of("OnlyHealthy", HealthPolicy.ONLY_HEALTHY, "AllowAll", HealthPolicy.ALLOW_ALL);
  static final Map<String, IpFamilies> IP_FAMILIES =
      Map.of("Dual", IpFamilies.DUAL, "IPv4", IpFamilies.IPV4_ONLY, "IPv6", IpFamilies.IPV6_ONLY);
  static final Map<String, Visibility> VISIBILITY =
      Map.of("Public", Visibility.PUBLIC, "Namespace", Visibility.NAMESPACE);
  static final Map<String, PolicyScope> POLICY_SCOPE =
      Map.of(
          "Global", PolicyScope.GLOBAL,
          "Namespace", PolicyScope.NAMESPACE,
          "WorkloadSelector", PolicyScope.WORKLOAD_SELECTOR);
  static final Map<String, PolicyAction> ACTION =
      Map.of("Allow", PolicyAction.ALLOW, "Deny", PolicyAction.DENY);

  private Words() {}

  /** The word of {@code value}; its own name where the file has none. */
  static <T> String of(Map<String, T> words, T value) {
    for (Map.Entry<String, T> word : words.entrySet()) {
      if (word.getValue().equals(value)) {
        return word.getKey();
      }
    }
    return value.toString();
  }
}
