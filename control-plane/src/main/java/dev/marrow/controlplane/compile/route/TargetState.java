package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.ObjectKey;
import java.util.Optional;

/** Whether what a policy is attached to can enforce it. */
public enum TargetState {
  BOUND("Accepted", ""),
  NOT_FOUND("TargetNotFound", "not found in this namespace"),
  UNBOUND("AncestorNotBound", "no waypoint is in front of it"),
  MIXED("PartiallyInvalid", "enforced where its endpoints have a waypoint; they do not agree"),
  ELSEWHERE("Invalid", "a GatewayClass can be targeted from the root namespace only"),
  UNSUPPORTED("Invalid", "expected: a Gateway, Service, ServiceEntry or GatewayClass");

  private final String reason;
  private final String message;

  TargetState(String reason, String message) {
    this.reason = reason;
    this.message = message;
  }

  public String reason() {
    return reason;
  }

  public String message() {
    return message;
  }

  /** The state of a target, seen from a policy in {@code namespace}. */
  public record Of(String namespace, TargetRef target) implements Question<TargetState> {
    @Override
    public TargetState answer(Answers answers) {
      Optional<ObjectKey> key = target.object(namespace);
      if (key.isEmpty()) {
        return UNSUPPORTED;
      }
      return switch (target.kind()) {
        case "GatewayClass" -> ofClass(answers);
        case "Gateway" ->
            answers.object(key.get()).isEmpty()
                ? NOT_FOUND
                : CommonRules.served(answers, key.get()) ? BOUND : UNBOUND;
        case "Service", "ServiceEntry" ->
            answers.object(key.get()).isEmpty()
                ? NOT_FOUND
                : bound(answers.ask(new ServiceBinding(key.get())));
        default -> UNSUPPORTED;
      };
    }

    private TargetState ofClass(Answers answers) {
      if (!namespace.equals(answers.mesh().rootNamespace())) {
        return ELSEWHERE;
      }
      return GatewayClasses.named(target.name()) ? BOUND : NOT_FOUND;
    }

    private static TargetState bound(Binding binding) {
      return switch (binding) {
        case Binding.Bound bound -> BOUND;
        case Binding.Unbound() -> UNBOUND;
        case Binding.Refused refused -> refused.reason() == Binding.Reason.MIXED ? MIXED : UNBOUND;
      };
    }
  }
}
