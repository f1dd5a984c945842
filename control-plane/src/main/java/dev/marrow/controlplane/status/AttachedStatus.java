package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.route.Delegation;
import dev.marrow.controlplane.compile.route.Notes;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether waypoints do what an object for them asks: whether its targets are there, and what of it
 * we cannot do.
 */
public record AttachedStatus(ObjectKey object) implements Question<List<ObjectStatus>> {
  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> found = answers.object(object);
    if (found.isEmpty() || Rejection.of(answers, object).isPresent()) {
      return List.of();
    }
    return List.of(ObjectStatus.of(found.get(), List.of(condition(answers, found.get()))));
  }

  private Condition condition(Answers answers, KubeObject found) {
    Fields spec = Fields.of(found.spec(), "spec", new ArrayList<>());
    List<TargetRef> targets = TargetRef.read(spec);
    Condition attached = PolicyStatus.targets(answers, object, targets);
    List<String> missing =
        found.kind().equals("VirtualService") ? Delegation.of(answers, found).missing() : List.of();
    if (attached.met() && !missing.isEmpty()) {
      return new Condition(
          "WaypointAccepted",
          false,
          "DelegateNotFound",
          "no VirtualService without hosts there: " + String.join(", ", missing));
    }
    List<String> notes = Notes.of(found);
    return notes.isEmpty() || !attached.met()
        ? attached
        : new Condition(
            "WaypointAccepted",
            false,
            "PartiallyInvalid",
            "not supported, and left out: " + String.join(", ", notes));
  }
}
