package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Map;
import java.util.Optional;

/** Whether a second waypoint gets a share of a service's traffic. */
public sealed interface Canary {
  /** None was asked for. */
  record None() implements Canary {}

  /** {@code weight} percent go to {@code gateway}. */
  record Split(ObjectKey gateway, int weight) implements Canary {}

  /** One was asked for that cannot be: everything stays with the first waypoint. */
  record Refused(String reason, String message) implements Canary {}

  /** The canary of a service that is bound to {@code primary}. */
  record Of(ObjectKey object, ObjectKey primary) implements Question<Canary> {
    @Override
    public Canary answer(Answers answers) {
      Optional<KubeObject> own = answers.object(object).filter(o -> chooses(o.labels()));
      Optional<KubeObject> chooser =
          own.isPresent() ? own : answers.object("Namespace", "", object.namespace());
      return chooser.map(this::read).orElse(new None());
    }

    private static boolean chooses(Map<String, String> labels) {
      return labels.containsKey(Labels.USE_WAYPOINT)
          || labels.containsKey(Labels.USE_WAYPOINT_CANARY);
    }

    private Canary read(KubeObject chooser) {
      String name = chooser.labels().getOrDefault(Labels.USE_WAYPOINT_CANARY, "");
      if (name.isEmpty()) {
        return new None();
      }
      String namespace =
          chooser.labels().getOrDefault(Labels.USE_WAYPOINT_CANARY_NAMESPACE, object.namespace());
      ObjectKey canary = new ObjectKey("Gateway", namespace, name);
      String weight =
          chooser.annotations().getOrDefault(Labels.USE_WAYPOINT_CANARY_WEIGHT, "missing");
      if (canary.equals(primary)) {
        return new Refused("CanarySameAsPrimary", canary + " is the waypoint itself");
      }
      return weight.matches("\\d{1,2}|100")
          ? new Split(canary, Integer.parseInt(weight))
          : new Refused("CanaryInvalidWeight", "weight: %s (expected: 0 to 100)".formatted(weight));
    }
  }
}
