package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.Canary;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.compile.binding.WorkloadBinding;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Optional;

/** Whether a Service, ServiceEntry or WorkloadEntry has the waypoint it asks for. */
public record BoundStatus(ObjectKey object) implements Question<List<ObjectStatus>> {
  private static final String TYPE = "istio.io/WaypointBound";

  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> found =
        answers.object(object).filter(o -> Rejection.of(answers, object).isEmpty());
    return found
        .flatMap(known -> condition(answers, known))
        .map(condition -> List.of(ObjectStatus.of(found.get(), List.of(condition))))
        .orElse(List.of());
  }

  private Optional<Condition> condition(Answers answers, KubeObject found) {
    return switch (binding(answers, found)) {
      case Binding.Unbound() -> Optional.empty();
      case Binding.Refused(Binding.Reason reason, String message) ->
          Optional.of(new Condition(TYPE, false, reason.word(), message));
      case Binding.Bound(ObjectKey gateway, boolean ready) ->
          Optional.of(ready ? bound(answers, gateway) : notReady(gateway));
    };
  }

  private Binding binding(Answers answers, KubeObject found) {
    return object.kind().equals("WorkloadEntry")
        ? answers.ask(
            new WorkloadBinding(
                found.namespace(),
                found.labels(),
                found.spec().path("serviceAccount").stringValue("")))
        : answers.ask(new ServiceBinding(object));
  }

  private Condition bound(Answers answers, ObjectKey gateway) {
    if (answers.ask(new Canary.Of(object, gateway))
        instanceof Canary.Refused(String reason, String message)) {
      return new Condition(TYPE, false, reason, message);
    }
    return new Condition(
        TYPE,
        true,
        "WaypointAccepted",
        "bound to %s/%s".formatted(gateway.namespace(), gateway.name()));
  }

  private static Condition notReady(ObjectKey gateway) {
    return new Condition(
        TYPE,
        false,
        Binding.Reason.NOT_READY.word(),
        "%s is not ready: traffic is refused until it is".formatted(gateway));
  }
}
