package dev.marrow.resources.kubernetes;

import java.util.List;

/** The kinds that a mesh's control plane follows. */
public final class MeshKinds {
  private static final String GATEWAY = "gateway.networking.k8s.io";
  private static final String NETWORKING = "networking.istio.io";
  private static final String SECURITY = "security.istio.io";

  private MeshKinds() {}

  /** All of them. Pods that have ended are left out by the server. */
  public static List<WatchedKind> all() {
    return List.of(
        WatchedKind.of("Namespace", "", "namespaces", "v1").onlyMetadata(),
        WatchedKind.of("Node", "", "nodes", "v1"),
        WatchedKind.of("ServiceAccount", "", "serviceaccounts", "v1").onlyMetadata(),
        WatchedKind.of("Service", "", "services", "v1"),
        WatchedKind.of("Pod", "", "pods", "v1")
            .where("", "status.phase!=Succeeded,status.phase!=Failed"),
        // The two that every namespace has are nobody's parameters.
        WatchedKind.of("ConfigMap", "", "configmaps", "v1")
            .where("", "metadata.name!=kube-root-ca.crt,metadata.name!=istio-ca-root-cert"),
        // Of services with a selector the pods themselves tell more.
        WatchedKind.of("EndpointSlice", "discovery.k8s.io", "endpointslices", "v1")
            .where("endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io", ""),
        WatchedKind.of("GatewayClass", GATEWAY, "gatewayclasses", "v1"),
        WatchedKind.of("Gateway", GATEWAY, "gateways", "v1"),
        WatchedKind.of("HTTPRoute", GATEWAY, "httproutes", "v1"),
        WatchedKind.of("GRPCRoute", GATEWAY, "grpcroutes", "v1"),
        WatchedKind.of("TCPRoute", GATEWAY, "tcproutes", "v1", "v1alpha2"),
        WatchedKind.of("TLSRoute", GATEWAY, "tlsroutes", "v1", "v1alpha3", "v1alpha2"),
        WatchedKind.of("ReferenceGrant", GATEWAY, "referencegrants", "v1", "v1beta1"),
        WatchedKind.of("BackendTLSPolicy", GATEWAY, "backendtlspolicies", "v1", "v1alpha3"),
        istio("ServiceEntry", NETWORKING, "serviceentries"),
        istio("WorkloadEntry", NETWORKING, "workloadentries"),
        istio("DestinationRule", NETWORKING, "destinationrules"),
        istio("VirtualService", NETWORKING, "virtualservices"),
        istio("AuthorizationPolicy", SECURITY, "authorizationpolicies"),
        istio("PeerAuthentication", SECURITY, "peerauthentications"),
        istio("RequestAuthentication", SECURITY, "requestauthentications"),
        WatchedKind.of("Telemetry", "telemetry.istio.io", "telemetries", "v1", "v1alpha1"),
        // Known to be beyond us, and told so in their status.
        WatchedKind.of("EnvoyFilter", NETWORKING, "envoyfilters", "v1alpha3"),
        istio("Sidecar", NETWORKING, "sidecars"),
        WatchedKind.of("ProxyConfig", NETWORKING, "proxyconfigs", "v1beta1"),
        WatchedKind.of("WasmPlugin", "extensions.istio.io", "wasmplugins", "v1alpha1"),
        WatchedKind.of("TrafficExtension", "extensions.istio.io", "trafficextensions", "v1alpha1"),
        WatchedKind.of("RateLimit", "marrow.dev", "ratelimits", "v1alpha1"));
  }

  private static WatchedKind istio(String kind, String group, String plural) {
    return WatchedKind.of(kind, group, plural, "v1", "v1beta1");
  }
}
