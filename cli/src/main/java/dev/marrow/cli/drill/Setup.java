package dev.marrow.cli.drill;

import java.util.Map;
import java.util.TreeMap;

/**
 * The mesh a drill wants: {@code clients} pods that send and {@code backends} pods that answer,
 * each with an identity of its own, spread over {@code nodes}.
 *
 * @param variables of the environment of our programs, by program
 * @param objects further YAML
 */
public record Setup(
    int nodes,
    int clients,
    int backends,
    Map<String, Map<String, String>> variables,
    String objects) {
  public static final String NAMESPACE = "drill";

  public Setup {
    variables = Map.copyOf(variables);
  }

  /** Two nodes, four clients, eight backends. */
  public static Setup usual() {
    return new Setup(2, 4, 8, Map.of(), "");
  }

  public static Setup small() {
    return new Setup(2, 1, 2, Map.of(), "");
  }

  public Setup with(String program, String name, String value) {
    Map<String, Map<String, String>> all = new TreeMap<>(variables);
    Map<String, String> own = new TreeMap<>(all.getOrDefault(program, Map.of()));
    own.put(name, value);
    all.put(program, own);
    return new Setup(nodes, clients, backends, all, objects);
  }

  /** All services of the namespace behind a waypoint with {@code replicas}. */
  public Setup withWaypoint(int replicas) {
    return with(waypoint(replicas, "0"));
  }

  /**
   * The Gateway of {@link #withWaypoint}.
   *
   * @param revision of its pods: another one replaces them one after the other
   */
  public static String waypoint(int replicas, String revision) {
    return """
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: waypoint
      namespace: drill
      labels: {istio.io/waypoint-for: service}
      annotations: {marrow.dev/replicas: "%d"}
    spec:
      gatewayClassName: marrow-waypoint
      infrastructure: {annotations: {revision: "%s"}}
      listeners: [{name: mesh, port: 15008, protocol: HBONE}]
    """
        .formatted(replicas, revision);
  }

  private boolean behindWaypoint() {
    return objects.contains("kind: Gateway");
  }

  public Setup with(String more) {
    return new Setup(nodes, clients, backends, variables, objects + more);
  }

  /** The YAML of the namespace, its pods and their services. */
  String base() {
    StringBuilder text =
        new StringBuilder(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: %s, labels: {istio.io/dataplane-mode: ambient%s}}
            """
                .formatted(NAMESPACE, behindWaypoint() ? ", istio.io/use-waypoint: waypoint" : ""));
    for (int n = 1; n <= clients; n++) pod(text, "client-" + n, "client", node(n - 1));
    for (int n = 1; n <= backends; n++) {
      pod(text, "backend-" + n, "backend", node(n));
      service(text, "backend-" + n, "name: backend-" + n);
    }
    service(text, "backends", "role: backend");
    return text.toString();
  }

  private int node(int n) {
    return n % nodes + 1;
  }

  /** Its processes are the drill's own, which works with sockets in the pod's namespace. */
  private static void pod(StringBuilder text, String name, String role, int node) {
    text.append(
        """
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: %1$s, namespace: drill}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: %1$s, namespace: drill, labels: {name: %1$s, role: %2$s}}
        spec:
          nodeName: node-%3$d
          serviceAccountName: %1$s
          terminationGracePeriodSeconds: 1
          containers:
          - name: app
            command: [sleep, infinity]
        """
            .formatted(name, role, node));
  }

  private static void service(StringBuilder text, String name, String selector) {
    text.append(
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: drill}
        spec:
          selector: {%s}
          ports:
          - {name: tcp, port: 9000, targetPort: 9000}
          - {name: http, port: 9001, targetPort: 9001, appProtocol: http}
          - {name: http2, port: 9002, targetPort: 9002, appProtocol: kubernetes.io/h2c}
        """
            .formatted(name, selector));
  }
}
