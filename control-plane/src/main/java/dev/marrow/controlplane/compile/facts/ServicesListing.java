package dev.marrow.controlplane.compile.facts;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Which pods of a namespace are listed as endpoints of services without a selector: pod name to
 * services. EndpointSlices and Endpoints both count.
 */
public record ServicesListing(String namespace)
    implements Question<Map<String, Set<ServiceFacts>>> {
  @Override
  public Map<String, Set<ServiceFacts>> answer(Answers answers) {
    Map<String, ServiceFacts> candidates = new LinkedHashMap<>();
    for (ServiceFacts service : answers.ask(new ServicesIn(namespace))) {
      if (service.kubernetes() && service.selector().isEmpty()) {
        candidates.put(service.object().name(), service);
      }
    }
    Map<String, Set<ServiceFacts>> byPod = new LinkedHashMap<>();
    if (candidates.isEmpty()) {
      return byPod;
    }
    for (KubeObject slice : answers.objects("EndpointSlice", namespace)) {
      ServiceFacts service = candidates.get(serviceOf(slice));
      if (service != null) {
        add(slice.content().path("endpoints"), service, byPod);
      }
    }
    for (KubeObject endpoints : answers.objects("Endpoints", namespace)) {
      ServiceFacts service = candidates.get(endpoints.name());
      if (service != null) {
        endpoints.content().path("subsets").forEach(s -> add(s.path("addresses"), service, byPod));
      }
    }
    return byPod;
  }

  /** The service that an EndpointSlice belongs to, or empty. */
  public static String serviceOf(KubeObject slice) {
    return slice.labels().getOrDefault("kubernetes.io/service-name", "");
  }

  private static void add(
      JsonNode endpoints, ServiceFacts service, Map<String, Set<ServiceFacts>> byPod) {
    for (JsonNode endpoint : endpoints) {
      JsonNode target = endpoint.path("targetRef");
      if (target.path("kind").stringValue("").equals("Pod")) {
        byPod
            .computeIfAbsent(target.path("name").stringValue(""), pod -> new LinkedHashSet<>())
            .add(service);
      }
    }
  }
}
