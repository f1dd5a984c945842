package dev.marrow.controlplane.deploy;

import dev.marrow.controlplane.compile.binding.Placement;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.resources.KubeObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What the ConfigMap of a Gateway's {@code spec.infrastructure.parametersRef} lays over the
 * generated objects. Pure.
 *
 * @param overlays by key: {@code deployment}, {@code service}, {@code serviceAccount}, and on a
 *     cluster {@code horizontalPodAutoscaler}, {@code podDisruptionBudget}; with one pod per node
 *     {@code daemonSet} instead of the deployment and what is about numbers of pods
 * @param problem why it is not usable as it stands; what is usable is in {@code overlays} all the
 *     same
 */
public record Parameters(Map<String, JsonNode> overlays, Optional<String> problem) {
  private static final YAMLMapper YAML = new YAMLMapper();
  static final String AUTOSCALER = "horizontalPodAutoscaler";
  static final String BUDGET = "podDisruptionBudget";
  private static final List<String> KEYS = List.of("deployment", "service", "serviceAccount");
  private static final List<String> KEYS_PER_NODE =
      List.of("daemonSet", "service", "serviceAccount");
  private static final List<String> KEYS_OF_CLUSTER =
      List.of("deployment", "service", "serviceAccount", AUTOSCALER, BUDGET);
  private static final int MOST_REPLICAS = 1000;
  private static final Parameters NONE = new Parameters(Map.of(), Optional.empty());

  public Parameters {
    overlays = Map.copyOf(overlays);
  }

  /** Those of {@code gateway}. */
  public static Parameters of(Answers answers, KubeObject gateway) {
    JsonNode reference = gateway.spec().path("infrastructure").path("parametersRef");
    if (reference.isMissingNode()) {
      return NONE;
    }
    String kind = reference.path("kind").stringValue("");
    String name = reference.path("name").stringValue("");
    if (!kind.equals("ConfigMap")) {
      return problem("parametersRef: kind '%s' (expected: ConfigMap)".formatted(kind));
    }
    List<String> keys = keys(Placement.of(gateway), answers.mesh().waypoints());
    return answers
        .object("ConfigMap", gateway.namespace(), name)
        .map(map -> read(name, map.content().path("data"), keys))
        .orElseGet(
            () -> problem("parametersRef: no ConfigMap '%s' in this namespace".formatted(name)));
  }

  private static List<String> keys(Placement placement, Waypoints waypoints) {
    return switch (placement) {
      case NODE -> KEYS_PER_NODE;
      case REMOTE -> waypoints instanceof Waypoints.OfCluster ? KEYS_OF_CLUSTER : KEYS;
    };
  }

  private static Parameters problem(String text) {
    return new Parameters(Map.of(), Optional.of(text));
  }

  private static Parameters read(String map, JsonNode data, List<String> keys) {
    Map<String, JsonNode> overlays = new HashMap<>();
    Optional<String> problem = Optional.empty();
    for (Map.Entry<String, JsonNode> entry : data.properties()) {
      String where = "ConfigMap %s: data.%s".formatted(map, entry.getKey());
      try {
        JsonNode overlay = YAML.readTree(entry.getValue().stringValue(""));
        Optional<String> wrong = wrong(entry.getKey(), overlay, keys).map(why -> where + why);
        if (wrong.isEmpty()) {
          overlays.put(entry.getKey(), overlay);
        }
        problem = problem.or(() -> wrong);
      } catch (JacksonException e) {
        problem = problem.or(() -> Optional.of(where + ": " + e.getOriginalMessage()));
      }
    }
    return new Parameters(overlays, problem);
  }

  private static Optional<String> wrong(String key, JsonNode overlay, List<String> keys) {
    if (!keys.contains(key)) {
      return Optional.of(": not supported (expected: " + String.join(", ", keys) + ")");
    }
    if (!overlay.isObject()) {
      return Optional.of(": no object (expected: part of a " + key + ")");
    }
    JsonNode replicas = overlay.path("spec").path("replicas");
    boolean fine =
        replicas.isMissingNode()
            || replicas.isInt() && replicas.asInt() >= 0 && replicas.asInt() <= MOST_REPLICAS;
    return key.equals("deployment") && !fine
        ? Optional.of(".spec.replicas: %s (expected: 0 to %d)".formatted(replicas, MOST_REPLICAS))
        : Optional.empty();
  }

  /** What is laid over the object of that key; missing if nothing is. */
  JsonNode overlay(String key) {
    return overlays.getOrDefault(key, MissingNode.getInstance());
  }
}
