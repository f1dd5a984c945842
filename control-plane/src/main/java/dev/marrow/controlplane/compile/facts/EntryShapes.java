package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The different kinds of workloads of a namespace that are written down instead of running as pods.
 */
public record EntryShapes(String namespace) implements Question<Set<EntryShapes.Shape>> {
  /** Entries that no selector tells apart. */
  public record Shape(Map<String, String> labels, String account) {}

  @Override
  public Set<Shape> answer(Answers answers) {
    Set<Shape> shapes = new LinkedHashSet<>();
    for (KubeObject entry : answers.objects("WorkloadEntry", namespace)) {
      shapes.add(new Shape(labels(entry.labels(), entry.spec()), account(entry.spec())));
    }
    for (KubeObject entry : answers.objects("ServiceEntry", namespace)) {
      for (JsonNode endpoint : entry.spec().path("endpoints")) {
        shapes.add(new Shape(labels(Map.of(), endpoint), account(endpoint)));
      }
    }
    return shapes;
  }

  /** The labels of an endpoint, over those of its object. */
  public static Map<String, String> labels(Map<String, String> ofObject, JsonNode endpoint) {
    Map<String, String> labels = new TreeMap<>(ofObject);
    endpoint
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
    return Map.copyOf(labels);
  }

  /** The account that an endpoint says it runs as; empty if it does not. */
  public static String account(JsonNode endpoint) {
    return endpoint.path("serviceAccount").stringValue("");
  }
}
