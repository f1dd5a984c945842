package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.controlplane.compile.binding.GatewayClasses;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The status of an object that was not accepted, in the form of its kind. */
public record RejectedStatus(ObjectKey note) implements Question<List<ObjectStatus>> {
  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> found = answers.object(note);
    return found.map(known -> List.of(status(known))).orElse(List.of());
  }

  private ObjectStatus status(KubeObject known) {
    ObjectKey object = Rejection.about(note);
    String message = String.join("; ", Rejection.errors(known));
    return switch (object.kind()) {
      case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute" -> route(object, known, message);
      case "BackendTLSPolicy" -> ancestors(object, known, message);
      case "AuthorizationPolicy" -> {
        boolean attached = known.spec().has("targetRef") || known.spec().has("targetRefs");
        String type = attached ? "WaypointAccepted" : "ZtunnelAccepted";
        yield conditions(object, known, new Condition(type, false, "Invalid", message));
      }
      default ->
          conditions(
              object, known, new Condition("Accepted", false, Rejection.reason(object), message));
    };
  }

  private static ObjectStatus conditions(ObjectKey object, KubeObject known, Condition condition) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.set("conditions", ObjectStatus.conditions(List.of(condition), known.generation()));
    return new ObjectStatus(object, status);
  }

  private static ObjectStatus ancestors(ObjectKey object, KubeObject known, String message) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    ArrayNode ancestors = status.putArray("ancestors");
    Fields spec = Fields.of(known.spec(), "spec", new ArrayList<>());
    for (TargetRef target : TargetRef.read(spec)) {
      BackendTlsStatus.ancestor(ancestors, target)
          .set(
              "conditions",
              ObjectStatus.conditions(
                  List.of(new Condition("Accepted", false, "Invalid", message)),
                  known.generation()));
    }
    return new ObjectStatus(object, status);
  }

  private static ObjectStatus route(ObjectKey object, KubeObject known, String message) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    ArrayNode parents = status.putArray("parents");
    for (JsonNode parent : known.spec().path("parentRefs")) {
      ObjectNode entry = parents.addObject();
      entry.set("parentRef", parent.deepCopy());
      entry.put("controllerName", GatewayClasses.CONTROLLER);
      entry.set(
          "conditions",
          ObjectStatus.conditions(
              List.of(new Condition("Accepted", false, "UnsupportedValue", message)),
              known.generation()));
    }
    return new ObjectStatus(object, status);
  }
}
