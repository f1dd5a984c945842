package dev.marrow.cli.local.plan;

import java.util.Map;
import java.util.TreeMap;

/**
 * A pod with its place.
 *
 * @param kind of the object it is made of: Pod, Deployment or DaemonSet
 * @param owner the object it belongs to, {@code NAMESPACE/NAME}; empty for a Pod
 */
public record PlannedPod(PodKey key, String kind, String owner, PodTemplate template, Seat seat) {

  public String namespace() {
    return key.namespace();
  }

  public String name() {
    return key.name();
  }

  /** The fields that {@code valueFrom.fieldRef} may name. */
  public Map<String, String> fields() {
    Map<String, String> fields = new TreeMap<>();
    fields.put("metadata.name", key.name());
    fields.put("metadata.namespace", key.namespace());
    fields.put("metadata.uid", seat.uid());
    fields.put("spec.nodeName", seat.nodeName());
    fields.put("spec.serviceAccountName", template.serviceAccount());
    fields.put("status.podIP", seat.v4());
    fields.put("status.podIPs", seat.v4() + "," + seat.v6());
    fields.put("status.hostIP", Addresses.node(seat.node()));
    template
        .labels()
        .forEach((name, value) -> fields.put("metadata.labels['" + name + "']", value));
    template
        .annotations()
        .forEach((name, value) -> fields.put("metadata.annotations['" + name + "']", value));
    return fields;
  }
}
