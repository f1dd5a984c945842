package dev.marrow.nodeagent.plan;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Decides about each pod of a node. Pure.
 *
 * <table>
 *   <caption>First line that applies</caption>
 *   <tr><td>finished</td><td>ended</td></tr>
 *   <tr><td>host network, excluded namespace, sidecar</td><td>leave</td></tr>
 *   <tr><td>pod label {@code none}</td><td>leave</td></tr>
 *   <tr><td>pod label {@code ambient}</td><td>enrol</td></tr>
 *   <tr><td>namespace label {@code ambient}</td><td>enrol</td></tr>
 *   <tr><td>otherwise</td><td>leave</td></tr>
 * </table>
 */
public final class EnrolmentPlan {
  public static final String MODE = "istio.io/dataplane-mode";
  public static final String NETNS = "marrow.dev/netns";
  private static final String BYPASS_INBOUND = "ambient.istio.io/bypass-inbound-capture";
  private static final String DNS = "ambient.istio.io/dns-capture";
  private static final String VIRTUAL = "istio.io/reroute-virtual-interfaces";
  private static final String SIDECAR = "sidecar.istio.io/status";
  private static final Path NOWHERE = Path.of("");

  private final String node;
  private final Set<String> excludedNamespaces;
  private final boolean dnsByDefault;

  public EnrolmentPlan(String node, Set<String> excludedNamespaces, boolean dnsByDefault) {
    this.node = node;
    this.excludedNamespaces = Set.copyOf(excludedNamespaces);
    this.dnsByDefault = dnsByDefault;
  }

  /** One decision per pod of this node that has a uid, ordered by namespace and name. */
  public List<Decision> decide(ResourceSnapshot snapshot) {
    return snapshot.all("Pod").stream()
        .filter(pod -> pod.spec().path("nodeName").stringValue("").equals(node))
        .filter(pod -> !pod.uid().isEmpty())
        .map(pod -> decide(pod, namespaceLabels(snapshot, pod.namespace())))
        .toList();
  }

  private static Map<String, String> namespaceLabels(ResourceSnapshot snapshot, String name) {
    return snapshot.get("Namespace", "", name).map(KubeObject::labels).orElse(Map.of());
  }

  private Decision decide(KubeObject pod, Map<String, String> namespaceLabels) {
    String phase = pod.status().path("phase").stringValue("");
    if (phase.equals("Succeeded") || phase.equals("Failed")) {
      return new Decision.Ended(pod.uid());
    }
    String netns = pod.annotations().getOrDefault(NETNS, "");
    if (pod.spec().path("hostNetwork").asBoolean(false)) {
      return new Decision.Leave(pod.uid(), NOWHERE, "uses the node's network");
    }
    if (excludedNamespaces.contains(pod.namespace())) {
      return new Decision.Leave(pod.uid(), Path.of(netns), "excluded namespace");
    }
    if (pod.annotations().containsKey(SIDECAR)) {
      return new Decision.Leave(pod.uid(), NOWHERE, "has a sidecar");
    }
    String own = pod.labels().getOrDefault(MODE, "");
    boolean wanted =
        own.isEmpty()
            ? namespaceLabels.getOrDefault(MODE, "").equals("ambient")
            : own.equals("ambient");
    if (!wanted) {
      return new Decision.Leave(pod.uid(), Path.of(netns), "not labelled " + MODE + "=ambient");
    }
    return netns.isEmpty()
        ? new Decision.Leave(pod.uid(), NOWHERE, "network namespace not known yet")
        : enrol(pod, netns);
  }

  private Decision enrol(KubeObject pod, String netns) {
    try {
      return new Decision.Enrol(
          new PodTarget(
              pod.uid(),
              pod.namespace(),
              pod.name(),
              pod.spec().path("serviceAccountName").stringValue("default"),
              Path.of(netns),
              addresses(pod.status()),
              redirection(pod.annotations())));
    } catch (IllegalArgumentException unusable) {
      return new Decision.Leave(pod.uid(), NOWHERE, String.valueOf(unusable.getMessage()));
    }
  }

  private Redirection redirection(Map<String, String> annotations) {
    boolean bypass = "true".equalsIgnoreCase(annotations.getOrDefault(BYPASS_INBOUND, ""));
    String dns = annotations.getOrDefault(DNS, Boolean.toString(dnsByDefault));
    List<String> interfaces =
        Arrays.stream(annotations.getOrDefault(VIRTUAL, "").split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList();
    return new Redirection(!bypass, "true".equalsIgnoreCase(dns), interfaces);
  }

  private static List<InetAddress> addresses(JsonNode status) {
    var found = new ArrayList<InetAddress>();
    for (JsonNode entry : status.path("podIPs")) {
      found.add(InetAddress.ofLiteral(entry.path("ip").stringValue("")));
    }
    String single = status.path("podIP").stringValue("");
    if (found.isEmpty() && !single.isEmpty()) {
      found.add(InetAddress.ofLiteral(single));
    }
    return found;
  }
}
