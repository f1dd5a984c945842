package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a VirtualService wants done to all requests to a host. */
record FaultFor(String gatewayNamespace, String serviceNamespace, String hostname)
    implements Question<Optional<FaultReading.Extras>> {
  @Override
  public Optional<FaultReading.Extras> answer(Answers answers) {
    Set<String> namespaces = new LinkedHashSet<>(List.of(serviceNamespace, gatewayNamespace));
    for (String namespace : namespaces) {
      Optional<FaultReading.Extras> found =
          answers.objects("VirtualService", namespace).stream()
              .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
              .map(o -> FaultReading.read(o, new ArrayList<>(), new ArrayList<>()))
              .filter(wishes -> wishes.hosts().stream().anyMatch(h -> means(answers, namespace, h)))
              .flatMap(wishes -> wishes.extras().stream())
              .findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private boolean means(Answers answers, String namespace, String host) {
    return host.equals(hostname)
        || !host.contains(".") && answers.mesh().hostname(namespace, host).equals(hostname);
  }
}
