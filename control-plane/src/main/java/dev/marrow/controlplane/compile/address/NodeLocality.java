package dev.marrow.controlplane.compile.address;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.workload.Locality;
import dev.marrow.resources.KubeObject;
import java.util.Map;

/** Where a node stands: its labels. */
public record NodeLocality(String node) implements Question<Locality> {
  @Override
  public Locality answer(Answers answers) {
    return node.isEmpty()
        ? Locality.getDefaultInstance()
        : answers
            .object("Node", "", node)
            .map(KubeObject::labels)
            .map(NodeLocality::read)
            .orElse(Locality.getDefaultInstance());
  }

  private static Locality read(Map<String, String> labels) {
    return Locality.newBuilder()
        .setRegion(labels.getOrDefault("topology.kubernetes.io/region", ""))
        .setZone(labels.getOrDefault("topology.kubernetes.io/zone", ""))
        .setSubzone(labels.getOrDefault("topology.istio.io/subzone", ""))
        .build();
  }

  /** {@code region/zone/subzone}, as entries write it. */
  static Locality parse(String text) {
    String[] parts = text.split("/", -1);
    return Locality.newBuilder()
        .setRegion(parts[0])
        .setZone(parts.length > 1 ? parts[1] : "")
        .setSubzone(parts.length > 2 ? parts[2] : "")
        .build();
  }
}
