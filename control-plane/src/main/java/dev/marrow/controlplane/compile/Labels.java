package dev.marrow.controlplane.compile;

/** The labels and annotations that the control plane reads or writes. */
public final class Labels {
  public static final String USE_WAYPOINT = "istio.io/use-waypoint";
  public static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";
  public static final String USE_WAYPOINT_CANARY = "istio.io/use-waypoint-canary";
  public static final String USE_WAYPOINT_CANARY_NAMESPACE =
      "istio.io/use-waypoint-canary-namespace";
  public static final String USE_WAYPOINT_CANARY_WEIGHT = "istio.io/use-waypoint-canary-weight";
  public static final String INGRESS_USE_WAYPOINT = "istio.io/ingress-use-waypoint";
  public static final String WAYPOINT_FOR = "istio.io/waypoint-for";
  public static final String FOR_SERVICE_ACCOUNT = "istio.io/for-service-account";
  public static final String INBOUND_BINDING = "ambient.istio.io/waypoint-inbound-binding";
  public static final String CLIENT_IDENTITY = "ambient.istio.io/xfcc-include-client-identity";
  public static final String REDIRECTION = "ambient.istio.io/redirection";
  public static final String DATAPLANE_MODE = "istio.io/dataplane-mode";
  public static final String TUNNEL = "networking.istio.io/tunnel";
  public static final String TLS_MODE = "security.istio.io/tlsMode";
  public static final String NETWORK = "topology.istio.io/network";
  public static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";
  public static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";
  public static final String GATEWAY_CLASS_NAME = "gateway.networking.k8s.io/gateway-class-name";
  public static final String MANAGED = "gateway.istio.io/managed";
  public static final String SERVICE_ACCOUNT = "gateway.istio.io/service-account";

  /** Which of several control planes looks after an object. */
  public static final String REVISION = "istio.io/rev";

  /** On what we make. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  public static final String DRY_RUN = "istio.io/dry-run";

  /** On a Gateway: what is bound to it is reached directly while it is not ready. */
  public static final String FAIL_OPEN = "marrow.dev/fail-open";

  /** On a Gateway: what is bound to it may also be reached past it. */
  public static final String ALLOW_BYPASS = "marrow.dev/allow-bypass";

  /**
   * On a Gateway: clients of services without any L7 rule do not go through it. Their pods accept
   * clients then, so the way past it is open as with {@link #ALLOW_BYPASS}.
   */
  public static final String SKIP_WITHOUT_RULES = "marrow.dev/skip-without-rules";

  /** On a Gateway: how many pods its waypoint has. */
  public static final String REPLICAS = "marrow.dev/replicas";

  /** On a Gateway: where the pods of its waypoint are; {@code remote} or {@code node}. */
  public static final String PLACEMENT = "marrow.dev/placement";

  /** On a Service or a Gateway: how responses are compressed; {@code gzip}. */
  public static final String COMPRESSION = "marrow.dev/compression";

  public static final String COMPRESSION_MIN_BYTES = "marrow.dev/compression-min-bytes";
  public static final String COMPRESSION_TYPES = "marrow.dev/compression-types";

  private Labels() {}
}
