package dev.marrow.nodeagent.kube;

import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.resources.KubeObject;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A pod with what the node knows about it. */
final class Placed {
  private Placed() {}

  /** {@code pod} with the place of its namespace, and with its addresses if it has none yet. */
  static KubeObject pod(KubeObject pod, @Nullable Sandbox sandbox) {
    Map<String, String> annotations = new TreeMap<>(pod.annotations());
    // Only we say where a pod's namespace is: it is a path that we enter.
    annotations.remove(EnrolmentPlan.NETNS);
    if (sandbox == null) {
      return with(pod, annotations, pod.content());
    }
    annotations.put(EnrolmentPlan.NETNS, sandbox.netns().toString());
    boolean addressed = pod.status().has("podIPs") || sandbox.addresses().isEmpty();
    return with(pod, annotations, addressed ? pod.content() : addressed(pod, sandbox));
  }

  private static ObjectNode addressed(KubeObject pod, Sandbox sandbox) {
    ObjectNode content = (ObjectNode) pod.content().deepCopy();
    ArrayNode addresses = content.withObject("/status").putArray("podIPs");
    sandbox.addresses().forEach(ip -> addresses.addObject().put("ip", ip.getHostAddress()));
    return content;
  }

  private static KubeObject with(
      KubeObject pod, Map<String, String> annotations, tools.jackson.databind.JsonNode content) {
    return new KubeObject(
        pod.key(), pod.apiVersion(), pod.labels(), annotations, content, pod.origin());
  }
}
