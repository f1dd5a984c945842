package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.compile.binding.WaypointOf;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.compile.route.ParentReference;
import dev.marrow.controlplane.compile.route.RouteOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whether a route is attached to its parents and whether its references lead somewhere. */
public record RouteStatus(ObjectKey route) implements Question<List<ObjectStatus>> {
  private static final String WAYPOINTS = "ResolvedWaypoints";

  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> object = answers.object(route);
    Optional<RouteOf.Resolved> resolved = answers.ask(new RouteOf(route));
    if (object.isEmpty() || resolved.isEmpty() || Rejection.of(answers, route).isPresent()) {
      return List.of();
    }
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    ArrayNode parents = status.putArray("parents");
    for (ParentReference parent : resolved.get().facts().parents()) {
      if (ours(answers, parent)) {
        ObjectNode entry = parents.addObject();
        entry.set("parentRef", parent.written().deepCopy());
        entry.put("controllerName", GatewayClasses.CONTROLLER);
        entry.set(
            "conditions",
            ObjectStatus.conditions(
                conditions(answers, parent, resolved.get()), object.get().generation()));
      }
    }
    return List.of(new ObjectStatus(route, status));
  }

  /** Another controller's Gateways are not ours to speak about. */
  private static boolean ours(Answers answers, ParentReference parent) {
    return !parent.object().kind().equals("Gateway")
        || answers
            .ask(new WaypointOf(parent.object()))
            .map(waypoint -> waypoint.kind() != Waypoint.Kind.FOREIGN)
            .orElse(true);
  }

  private List<Condition> conditions(
      Answers answers, ParentReference parent, RouteOf.Resolved resolved) {
    List<Condition> conditions = new ArrayList<>();
    Condition accepted = accepted(answers, parent);
    conditions.add(accepted);
    conditions.add(
        resolved.reason().isEmpty()
            ? new Condition("ResolvedRefs", true, "ResolvedRefs", "")
            : new Condition("ResolvedRefs", false, resolved.reason(), resolved.message()));
    if (accepted.met() && !parent.object().kind().equals("Gateway")) {
      conditions.add(waypoint(answers, parent));
    }
    return conditions;
  }

  private Condition accepted(Answers answers, ParentReference parent) {
    if (!parent.supported()) {
      return refused("InvalidKind", "expected: a Service, a ServiceEntry or a waypoint's Gateway");
    }
    if (answers.object(parent.object()).isEmpty()) {
      return refused("NoMatchingParent", parent.object() + " not found");
    }
    if (parent.object().kind().equals("Gateway")) {
      return answers
              .ask(new WaypointOf(parent.object()))
              .filter(waypoint -> waypoint.kind() == Waypoint.Kind.OURS)
              .isPresent()
          ? new Condition("Accepted", true, "Accepted", "")
          : refused("NoMatchingParent", parent.object() + " is not a waypoint of ours");
    }
    List<ServiceFacts> services = answers.ask(new ServiceFactsOf(parent.object()));
    boolean port =
        services.stream()
            .flatMap(service -> service.ports().stream())
            .anyMatch(candidate ->
                (parent.port() == 0 || parent.port() == candidate.port())
                    && (parent.sectionName().isEmpty()
                        || parent.sectionName().equals(candidate.name())));
    if (!port) {
      return refused("NoMatchingParent", parent.object() + " has no such port");
    }
    return producer(answers, parent)
        ? new Condition("Accepted", true, "Accepted", "")
        : refused(
            "NotAllowedByListeners",
            "the waypoint of %s takes routes of its own and of the service's namespace only"
                .formatted(parent.object()));
  }

  private boolean producer(Answers answers, ParentReference parent) {
    return route.namespace().equals(parent.object().namespace())
        || answers.ask(new ServiceBinding(parent.object()))
                instanceof Binding.Bound(ObjectKey gateway, boolean ready)
            && gateway.namespace().equals(route.namespace());
  }

  private static Condition waypoint(Answers answers, ParentReference parent) {
    return switch (answers.ask(new ServiceBinding(parent.object()))) {
      case Binding.Bound(ObjectKey gateway, boolean ready) ->
          new Condition(WAYPOINTS, true, WAYPOINTS, gateway.toString());
      case Binding.Unbound() ->
          new Condition(
              WAYPOINTS,
              false,
              "MissingUseWaypointLabel",
              "no waypoint is in front of %s: the route has no effect".formatted(parent.object()));
      case Binding.Refused(Binding.Reason reason, String message) ->
          new Condition(WAYPOINTS, false, reason.word(), message);
    };
  }

  private static Condition refused(String reason, String message) {
    return new Condition("Accepted", false, reason, message);
  }
}
