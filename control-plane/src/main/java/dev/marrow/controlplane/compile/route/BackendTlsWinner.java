package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;

/**
 * The BackendTLSPolicy that holds for a service, or for one of its ports, of several with exactly
 * that target: the oldest, then the first by name (GEP-713).
 */
public record BackendTlsWinner(ObjectKey service, String sectionName)
    implements Question<Optional<ObjectKey>> {
  @Override
  public Optional<ObjectKey> answer(Answers answers) {
    return answers.objects("BackendTLSPolicy", service.namespace()).stream()
        .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
        .filter(object ->
            TlsPolicyReading.read(object, new ArrayList<>()).targets().stream()
                .anyMatch(this::same))
        .map(KubeObject::key)
        .findFirst();
  }

  private boolean same(TargetRef target) {
    return target.kind().equals(service.kind())
        && target.name().equals(service.name())
        && target.sectionName().equals(sectionName);
  }
}
