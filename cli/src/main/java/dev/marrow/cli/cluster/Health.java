package dev.marrow.cli.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What a cluster has of what the mesh needs, and how far an installation is. */
public final class Health {
  private static final int LEAST_MINOR = 28;

  /**
   * One line of the answer.
   *
   * @param good whether it is as it has to be
   * @param needed whether the mesh cannot do without it
   */
  public record Finding(String what, boolean good, boolean needed, String detail) {}

  private final Questions cluster;
  private final String namespace;

  public Health(Questions cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** What has to be there before an installation. */
  public List<Finding> before() throws IOException {
    List<Finding> findings = new ArrayList<>();
    JsonNode version = cluster.get("/version");
    String minor = version.path("minor").stringValue("0").replaceAll("\\D", "");
    findings.add(
        new Finding(
            "Kubernetes",
            version.path("major").stringValue("").equals("1")
                && Integer.parseInt("0" + minor) >= LEAST_MINOR,
            true,
            version.path("gitVersion").stringValue("unknown")
                + " (expected: 1."
                + LEAST_MINOR
                + " or newer)"));
    List<JsonNode> nodes = cluster.list("/api/v1/nodes");
    long ready = nodes.stream().filter(Health::nodeReady).count();
    findings.add(
        new Finding(
            "nodes",
            ready == nodes.size() && ready > 0,
            true,
            ready + " of " + nodes.size() + " ready"));
    boolean gateways =
        !cluster.list("/apis/gateway.networking.k8s.io/v1/gatewayclasses").isEmpty() || known();
    findings.add(
        new Finding(
            "Gateway API",
            gateways,
            false,
            gateways ? "its kinds are defined" : "not defined: the mesh works, without waypoints"));
    return findings;
  }

  private boolean known() throws IOException {
    for (JsonNode group : cluster.get("/apis").path("groups")) {
      if (group.path("name").stringValue("").equals("gateway.networking.k8s.io")) {
        return true;
      }
    }
    return false;
  }

  private static boolean nodeReady(JsonNode node) {
    for (JsonNode condition : node.path("status").path("conditions")) {
      if (condition.path("type").stringValue("").equals("Ready")) {
        return condition.path("status").stringValue("").equals("True");
      }
    }
    return false;
  }

  /** How the installation stands; empty if there is none. */
  public List<Finding> installation() throws IOException {
    List<Finding> findings = new ArrayList<>();
    String apps = "/apis/apps/v1/namespaces/" + namespace;
    for (JsonNode each : cluster.list(apps + "/deployments")) {
      if (name(each).equals("control-plane")) {
        findings.add(
            finding(
                each,
                each.path("spec").path("replicas").asInt(1),
                each.path("status").path("readyReplicas").asInt(0)));
      }
    }
    for (JsonNode each : cluster.list(apps + "/daemonsets")) {
      if (name(each).equals("ztunnel") || name(each).equals("marrow-node-agent")) {
        JsonNode status = each.path("status");
        findings.add(
            finding(
                each,
                Math.max(1, status.path("desiredNumberScheduled").asInt(0)),
                current(each, status)));
      }
    }
    return findings;
  }

  /** Those of an older template do not count: they are about to go. */
  private static int current(JsonNode set, JsonNode status) {
    boolean seen =
        status.path("observedGeneration").asLong(0)
            >= set.path("metadata").path("generation").asLong(0);
    return seen
        ? Math.min(
            status.path("numberReady").asInt(0), status.path("updatedNumberScheduled").asInt(0))
        : 0;
  }

  private static Finding finding(JsonNode object, int wanted, int ready) {
    return new Finding(name(object), ready >= wanted, true, ready + " of " + wanted + " ready");
  }

  /** The images of the installation, by program. */
  public Map<String, String> images() throws IOException {
    Map<String, String> images = new TreeMap<>();
    for (JsonNode pod : cluster.list("/api/v1/namespaces/" + namespace + "/pods")) {
      for (JsonNode container : pod.path("spec").path("containers")) {
        images.put(container.path("name").stringValue(""), container.path("image").stringValue(""));
      }
    }
    return images;
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").stringValue("");
  }
}
