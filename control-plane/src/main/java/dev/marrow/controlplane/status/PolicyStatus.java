package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.route.MeshOptions;
import dev.marrow.controlplane.compile.route.TargetState;
import dev.marrow.controlplane.compile.security.NodePolicy;
import dev.marrow.controlplane.compile.security.PolicyFacts;
import dev.marrow.controlplane.compile.security.PolicyFactsOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who enforces an AuthorizationPolicy, and how much of it. */
public record PolicyStatus(ObjectKey policy) implements Question<List<ObjectStatus>> {
  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> object = answers.object(policy);
    Optional<PolicyFacts> facts = answers.ask(new PolicyFactsOf(policy));
    if (object.isEmpty() || facts.isEmpty() || Rejection.of(answers, policy).isPresent()) {
      return List.of();
    }
    Condition condition =
        facts.get().attached() ? waypoint(answers, facts.get()) : node(answers, facts.get());
    return List.of(ObjectStatus.of(object.get(), List.of(condition)));
  }

  private static Condition node(Answers answers, PolicyFacts facts) {
    if (facts.dryRun()) {
      return no("ZtunnelAccepted", "UnsupportedValue", "a dry run needs targetRefs");
    }
    if (!NodePolicy.enforceable(facts)) {
      return no(
          "ZtunnelAccepted",
          "UnsupportedValue",
          "action %s needs targetRefs: node proxies know ALLOW and DENY".formatted(facts.action()));
    }
    Set<String> unsupported = NodePolicy.of(facts, answers.mesh().rootNamespace()).unsupported();
    return unsupported.isEmpty()
        ? new Condition("ZtunnelAccepted", true, "Accepted", "")
        : no(
            "ZtunnelAccepted",
            "PartiallyInvalid",
            "%s: known to waypoints only; %s"
                .formatted(
                    String.join(", ", unsupported.stream().sorted().toList()),
                    facts.action() == PolicyFacts.Action.ALLOW
                        ? "rules with them allow nothing"
                        : "rules with them deny without looking at them"));
  }

  private static Condition waypoint(Answers answers, PolicyFacts facts) {
    boolean unknown =
        facts.action() == PolicyFacts.Action.CUSTOM
            && !answers.ask(new MeshOptions()).authorizers().containsKey(facts.provider());
    if (unknown) {
      return no(
          "WaypointAccepted",
          "Invalid",
          "provider '%s' is not known: what it would be asked is denied"
              .formatted(facts.provider()));
    }
    return targets(answers, facts.key(), facts.targets());
  }

  /** The condition of anything that is attached by target references. */
  static Condition targets(Answers answers, ObjectKey object, List<TargetRef> targets) {
    List<String> wrong = new ArrayList<>();
    String reason = "";
    for (TargetRef target : targets) {
      TargetState state = answers.ask(new TargetState.Of(object.namespace(), target));
      if (state != TargetState.BOUND) {
        reason = state.reason();
        wrong.add("%s %s: %s".formatted(target.kind(), target.name(), state.message()));
      }
    }
    return wrong.isEmpty()
        ? new Condition("WaypointAccepted", true, "Accepted", "")
        : no("WaypointAccepted", reason, String.join("; ", wrong));
  }

  private static Condition no(String type, String reason, String message) {
    return new Condition(type, false, reason, message);
  }
}
