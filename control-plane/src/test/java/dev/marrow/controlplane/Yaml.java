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
}
