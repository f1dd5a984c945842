package dev.marrow.cli.local.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a pod runs.
 *
 * @param spec the pod's spec as the user wrote it
 * @param ports named container ports
 */
public record PodTemplate(
    Map<String, String> labels,
    Map<String, String> annotations,
    String serviceAccount,
    List<Container> containers,
    Map<String, Integer> ports,
    Duration grace,
    JsonNode spec) {
  public PodTemplate {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    containers = List.copyOf(containers);
    ports = Map.copyOf(ports);
  }
}
