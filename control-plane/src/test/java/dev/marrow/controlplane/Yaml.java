package dev.marrow.controlplane;

/** Objects as text, for tests. */
public final class Yaml {
  private Yaml() {}

  public static String namespace(String name, String labels) {
    return "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {%s}}}\n"
        .formatted(name, labels);
  }

  public static String pod(String name, String labels, String annotations, String ip) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: shop, labels: {%s}, annotations: {%s}}
    spec:
      nodeName: node-1
      serviceAccountName: %s
      containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]
    status:
      phase: Running
      podIP: %s
      conditions: [{type: Ready, status: "True"}]
    """
        .formatted(name, labels, annotations, name.replaceAll("-\\d+$", ""), ip);
  }

  public static String service(String name, String labels, String ip) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: shop, labels: {%s}}
    spec:
      clusterIP: %s
      selector: {app: %s}
      ports: [{name: http, port: 80, targetPort: web}]
    """
        .formatted(name, labels, ip, name);
  }

  /** A waypoint Gateway of namespace shop. */
  public static String gateway(String name, String labels, String annotations) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: %s, namespace: shop, labels: {%s}, annotations: {%s}}
    spec:
      gatewayClassName: marrow-waypoint
      listeners: [{name: mesh, port: 15008, protocol: HBONE}]
    """
        .formatted(name, labels, annotations);
  }

  /** A Service and a ready pod of the waypoint {@code name}. */
  public static String waypointRuns(String name, String ip) {
    return service(name, "gateway.istio.io/managed: istio.io-mesh-controller", "10.1.9.9")
        + "\n---\n"
        + pod(
            name + "-1",
            "gateway.networking.k8s.io/gateway-name: %s, gateway.istio.io/managed: istio.io-mesh-controller"
                .formatted(name),
            "",
            ip);
  }

  /** Any object of namespace shop with this spec, in flow style. */
  public static String object(String apiVersion, String kind, String name, String spec) {
    return "{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: shop}, spec: %s}"
        .formatted(apiVersion, kind, name, spec);
  }

  public static String policy(String name, String spec) {
    return object("security.istio.io/v1", "AuthorizationPolicy", name, spec);
  }

  public static String route(String name, String spec) {
    return object("gateway.networking.k8s.io/v1", "HTTPRoute", name, spec);
  }
}
