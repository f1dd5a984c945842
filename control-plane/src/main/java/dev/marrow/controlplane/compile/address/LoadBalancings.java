package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.proto.workload.LoadBalancing;
import dev.marrow.resources.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a service prefers its endpoints. */
final class LoadBalancings {
  private static final List<LoadBalancing.Scope> ZONE =
      List.of(LoadBalancing.Scope.NETWORK, LoadBalancing.Scope.REGION, LoadBalancing.Scope.ZONE);
  private static final List<LoadBalancing.Scope> NODE =
      List.of(
          LoadBalancing.Scope.NETWORK,
          LoadBalancing.Scope.REGION,
          LoadBalancing.Scope.ZONE,
          LoadBalancing.Scope.SUBZONE,
          LoadBalancing.Scope.NODE);

  private LoadBalancings() {}

  /** Of a Service; {@code namespaceAnnotations} are asked last. */
  static Optional<LoadBalancing> of(KubeObject service, Map<String, String> namespaceAnnotations) {
    LoadBalancing.Builder builder = LoadBalancing.newBuilder();
    if (service.spec().path("internalTrafficPolicy").stringValue("").equals("Local")) {
      builder.setMode(LoadBalancing.Mode.STRICT).addRoutingPreference(LoadBalancing.Scope.NODE);
    } else {
      prefer(builder, distribution(service, namespaceAnnotations));
    }
    if (service.spec().path("publishNotReadyAddresses").asBoolean(false)) {
      builder.setHealthPolicy(LoadBalancing.HealthPolicy.ALLOW_ALL);
    }
    return none(builder) ? Optional.empty() : Optional.of(builder.build());
  }

  /** Of a ServiceEntry. */
  static Optional<LoadBalancing> ofEntry(
      KubeObject entry, Map<String, String> namespaceAnnotations) {
    LoadBalancing.Builder builder = LoadBalancing.newBuilder();
    if (entry.spec().path("resolution").stringValue("NONE").equals("NONE")) {
      builder
          .setMode(LoadBalancing.Mode.PASSTHROUGH)
          .setHealthPolicy(LoadBalancing.HealthPolicy.ALLOW_ALL);
    } else {
      prefer(builder, distribution(entry, namespaceAnnotations));
    }
    return none(builder) ? Optional.empty() : Optional.of(builder.build());
  }

  private static boolean none(LoadBalancing.Builder builder) {
    return builder.build().equals(LoadBalancing.getDefaultInstance());
  }

  private static String distribution(KubeObject object, Map<String, String> ofNamespace) {
    String spec = object.spec().path("trafficDistribution").stringValue("");
    return !spec.isEmpty()
        ? spec
        : object
            .annotations()
            .getOrDefault(
                Labels.TRAFFIC_DISTRIBUTION,
                ofNamespace.getOrDefault(Labels.TRAFFIC_DISTRIBUTION, ""));
  }

  private static void prefer(LoadBalancing.Builder builder, String distribution) {
    switch (distribution) {
      case "PreferClose", "PreferSameZone" ->
          builder.setMode(LoadBalancing.Mode.FAILOVER).addAllRoutingPreference(ZONE);
      case "PreferSameNode" ->
          builder.setMode(LoadBalancing.Mode.FAILOVER).addAllRoutingPreference(NODE);
      default -> {}
    }
  }
}
