package dev.marrow.controlplane.status;

import dev.marrow.controlplane.admit.Rejection;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.binding.AccountWaypoint;
import dev.marrow.controlplane.compile.binding.Revisions;
import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.compile.binding.WaypointOf;
import dev.marrow.controlplane.compile.binding.WaypointReady;
import dev.marrow.controlplane.deploy.Parameters;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The status of a Gateway; none for one that another controller looks after. */
public record GatewayStatus(ObjectKey gateway) implements Question<List<ObjectStatus>> {
  @Override
  public List<ObjectStatus> answer(Answers answers) {
    Optional<KubeObject> object = answers.object(gateway);
    Optional<Waypoint> waypoint = answers.ask(new WaypointOf(gateway));
    if (object.isEmpty()
        || waypoint.isEmpty()
        || Rejection.of(answers, gateway).isPresent()
        || waypoint.get().kind() == Waypoint.Kind.FOREIGN
        || !Revisions.ours(answers, object.get())) {
      return List.of();
    }
    if (waypoint.get().kind() == Waypoint.Kind.UNKNOWN
        && answers.mesh().waypoints() instanceof Waypoints.OfCluster) {
      // On a cluster its controller may just not be there yet.
      return List.of();
    }
    Condition accepted = accepted(answers, object.get(), waypoint.get());
    boolean ready = accepted.met() && answers.ask(new WaypointReady(gateway));
    long generation = object.get().generation();
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.set(
        "conditions",
        ObjectStatus.conditions(List.of(accepted, programmed(accepted, ready)), generation));
    if (accepted.met()) {
      status.set("listeners", listeners(object.get(), ready));
      if (ready) {
        status.set("addresses", addresses(answers, object.get()));
      }
    }
    return List.of(new ObjectStatus(gateway, status));
  }

  private Condition accepted(Answers answers, KubeObject object, Waypoint waypoint) {
    if (waypoint.kind() == Waypoint.Kind.UNKNOWN) {
      String name = object.spec().path("gatewayClassName").stringValue("");
      return refused(
          "UnknownGatewayClass",
          "class '%s' is not known (expected: marrow-waypoint or istio-waypoint)".formatted(name));
    }
    String traffic = object.labels().getOrDefault(Labels.WAYPOINT_FOR, "service");
    if (!List.of("service", "workload", "all", "none").contains(traffic)) {
      return refused(
          "Invalid",
          "%s: '%s' (expected: service, workload, all or none)"
              .formatted(Labels.WAYPOINT_FOR, traffic));
    }
    if (waypoint.account().isPresent()) {
      Optional<ObjectKey> owner =
          answers.ask(new AccountWaypoint(gateway.namespace(), waypoint.account().get()));
      if (owner.isPresent() && !owner.get().equals(gateway)) {
        return refused(
            "AccountTaken",
            "%s is already in front of account %s"
                .formatted(owner.get(), waypoint.account().get()));
      }
    }
    String replicas = object.annotations().getOrDefault(Labels.REPLICAS, "1");
    if (!replicas.matches("\\d{1,3}|1000")) {
      return refused(
          "Invalid", "%s: '%s' (expected: 0 to 1000)".formatted(Labels.REPLICAS, replicas));
    }
    return Parameters.of(answers, object)
        .problem()
        .map(reason -> refused("InvalidParameters", reason))
        .orElse(new Condition("Accepted", true, "Accepted", ""));
  }

  private static Condition refused(String reason, String message) {
    return new Condition("Accepted", false, reason, message);
  }

  private static Condition programmed(Condition accepted, boolean ready) {
    if (!accepted.met()) {
      return new Condition("Programmed", false, "Invalid", "not accepted");
    }
    return ready
        ? new Condition("Programmed", true, "Programmed", "")
        : new Condition(
            "Programmed", false, "AddressNotAssigned", "no pod of the waypoint is ready yet");
  }

  private static ArrayNode listeners(KubeObject object, boolean ready) {
    ArrayNode listeners = JsonNodeFactory.instance.arrayNode();
    for (JsonNode listener : object.spec().path("listeners")) {
      String protocol = listener.path("protocol").stringValue("");
      boolean known = protocol.equals("HBONE");
      ObjectNode status = listeners.addObject();
      status.put("name", listener.path("name").stringValue("")).put("attachedRoutes", 0);
      status.putArray("supportedKinds");
      status.set(
          "conditions",
          ObjectStatus.conditions(
              List.of(
                  known
                      ? new Condition("Accepted", true, "Accepted", "")
                      : new Condition(
                          "Accepted",
                          false,
                          "UnsupportedProtocol",
                          "'%s' (expected: HBONE)".formatted(protocol)),
                  new Condition(
                      "Programmed", known && ready, known && ready ? "Programmed" : "Pending", ""),
                  new Condition("ResolvedRefs", true, "ResolvedRefs", ""),
                  new Condition("Conflicted", false, "NoConflicts", "")),
              object.generation()));
    }
    return listeners;
  }

  private static ArrayNode addresses(Answers answers, KubeObject object) {
    ArrayNode addresses = JsonNodeFactory.instance.arrayNode();
    JsonNode own = object.spec().path("addresses");
    if (!own.isEmpty()) {
      own.forEach(address -> addresses.add(address.deepCopy()));
      return addresses;
    }
    addresses
        .addObject()
        .put("type", "Hostname")
        .put("value", answers.mesh().hostname(object.namespace(), object.name()));
    answers
        .object("Service", object.namespace(), object.name())
        .map(service -> service.spec().path("clusterIP").stringValue("None"))
        .filter(ip -> !ip.equals("None"))
        .ifPresent(ip -> addresses.addObject().put("type", "IPAddress").put("value", ip));
    return addresses;
  }
}
