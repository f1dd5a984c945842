package dev.marrow.controlplane.status;

import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Optional;

/** The status of a Gateway class; none for one of another controller. */
public record ClassStatus(ObjectKey gatewayClass) implements Question<List<ObjectStatus>> {
  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> found = answers.object(gatewayClass);
    return found
        .filter(known -> GatewayClasses.ours(answers.mesh().waypoints().classes(), known))
        .map(known -> List.of(ObjectStatus.of(known, List.of(condition(known)))))
        .orElse(List.of());
  }

  private static Condition condition(KubeObject known) {
    return known.spec().path("parametersRef").isMissingNode()
        ? new Condition("Accepted", true, "Accepted", "")
        : new Condition(
            "Accepted",
            false,
            "InvalidParameters",
            "parametersRef: not supported on classes (expected: on a Gateway)");
  }
}
