package dev.marrow.cli.drill.fault;

/** Policies as YAML. Pure. */
public final class Policies {
  private Policies() {}

  /**
   * Denies {@code client}'s calls of {@code backend}; {@code version} tells one text from the last.
   */
  public static String deny(String client, String backend, int version) {
    return """
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: flip, namespace: drill, annotations: {version: "%d"}}
    spec:
      selector: {matchLabels: {name: %s}}
      action: DENY
      rules:
      - from: [{source: {principals: [cluster.local/ns/drill/sa/%s]}}]
    """
        .formatted(version, backend, client);
  }

  /** A policy of the same name that denies nobody who exists. */
  public static String denyNobody(String backend, int version) {
    return deny("nobody", backend, version);
  }
}
