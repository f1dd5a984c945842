package dev.marrow.controlplane.publish;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.address.EntryWorkloads;
import dev.marrow.controlplane.compile.address.PodWorkload;
import dev.marrow.controlplane.compile.address.ServiceAddress;
import dev.marrow.controlplane.compile.address.SliceWorkloads;
import dev.marrow.controlplane.compile.route.ServiceDestinations;
import dev.marrow.controlplane.compile.route.WorkloadDestination;
import dev.marrow.controlplane.compile.security.PolicyAuthorization;
import dev.marrow.controlplane.compile.security.StrictAuthorization;
import dev.marrow.controlplane.compile.security.WaypointPolicies;
import dev.marrow.controlplane.deploy.OurClasses;
import dev.marrow.controlplane.deploy.WaypointObjects;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.controlplane.status.AttachedStatus;
import dev.marrow.controlplane.status.BackendTlsStatus;
import dev.marrow.controlplane.status.BoundStatus;
import dev.marrow.controlplane.status.ClassStatus;
import dev.marrow.controlplane.status.GatewayStatus;
import dev.marrow.controlplane.status.PolicyStatus;
import dev.marrow.controlplane.status.RejectedStatus;
import dev.marrow.controlplane.status.RouteStatus;
import dev.marrow.resources.ObjectKey;
import java.util.List;

/** Which questions an object raises; together they are everything that is published. */
final class Roots {
  private Roots() {}

  /** Asked whatever objects there are. */
  static List<Question<? extends List<?>>> always() {
    return List.of(new StrictAuthorization(), new OurClasses());
  }

  /** Asked as long as the object is there. */
  static List<Question<? extends List<?>>> of(ObjectKey key) {
    if (Rejection.isNote(key.kind())) {
      return List.of(new RejectedStatus(key));
    }
    return switch (key.kind()) {
      case "Pod" -> List.of(new PodWorkload(key), new WorkloadDestination(key));
      case "Service" ->
          List.of(new ServiceAddress(key), new ServiceDestinations(key), new BoundStatus(key));
      case "ServiceEntry" ->
          List.of(
              new ServiceAddress(key),
              new EntryWorkloads(key),
              new ServiceDestinations(key),
              new BoundStatus(key));
      case "WorkloadEntry" -> List.of(new EntryWorkloads(key), new BoundStatus(key));
      case "EndpointSlice" -> List.of(new SliceWorkloads(key));
      case "AuthorizationPolicy" -> List.of(new PolicyAuthorization(key), new PolicyStatus(key));
      case "PeerAuthentication" -> List.of(new PolicyAuthorization(key));
      case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute" -> List.of(new RouteStatus(key));
      case "RequestAuthentication",
          "DestinationRule",
          "Telemetry",
          "VirtualService",
          "RateLimit",
          "WasmPlugin",
          "TrafficExtension",
          "EnvoyFilter",
          "Sidecar",
          "ProxyConfig" ->
          List.of(new AttachedStatus(key));
      case "GatewayClass" -> List.of(new ClassStatus(key));
      case "BackendTLSPolicy" -> List.of(new BackendTlsStatus(key));
      case "Gateway" -> List.of(new WaypointObjects(key), new GatewayStatus(key));
      default -> List.of();
    };
  }

  /** Asked from the first object of a namespace on. */
  static List<Question<? extends List<?>>> ofNamespace(String namespace) {
    return List.of(new WaypointPolicies(namespace));
  }
}
