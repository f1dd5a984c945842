package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.facts.PodShapes;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServiceFactsOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is in front of a Service or ServiceEntry: what its own label says, else the waypoint that
 * all its endpoints' accounts share, else what the namespace's label says. Where the endpoints do
 * not agree, nothing: the endpoint is picked first, and its own waypoint is used.
 */
public record ServiceBinding(ObjectKey object) implements Question<Binding> {
  @Override
  public Binding answer(Answers answers) {
    Optional<KubeObject> service = answers.object(object);
    if (service.isEmpty() || ManagedGateways.is(service.get().labels())) {
      return new Binding.Unbound();
    }
    Gates gates = new Gates(answers, object.namespace());
    return switch (Wanted.of(service.get().labels(), object.namespace())) {
      case Wanted.None() -> new Binding.Unbound();
      case Wanted.Gateway(ObjectKey key) -> pass(gates, key, service.get());
      case Wanted.Nothing() -> inherited(answers, gates, service.get());
    };
  }

  private Binding inherited(Answers answers, Gates gates, KubeObject service) {
    Set<Optional<ObjectKey>> shared = waypointsOfEndpoints(answers);
    if (shared.size() == 1 && shared.iterator().next().isPresent()) {
      return pass(gates, shared.iterator().next().get(), service);
    }
    if (shared.stream().anyMatch(Optional::isPresent)) {
      return new Binding.Refused(
          Binding.Reason.MIXED,
          "endpoints have different waypoints: the endpoint is picked first, then its waypoint");
    }
    Map<String, String> ofNamespace = answers.ask(new NamespaceLabels(object.namespace()));
    return Wanted.of(ofNamespace, object.namespace()) instanceof Wanted.Gateway(ObjectKey key)
        ? pass(gates, key, service)
        : new Binding.Unbound();
  }

  private Binding pass(Gates gates, ObjectKey gateway, KubeObject service) {
    boolean hidden = List.of(".").toString().equals(exportTo(service));
    if (hidden && !gateway.namespace().equals(object.namespace())) {
      return new Binding.Refused(
          Binding.Reason.CROSS_NAMESPACE,
          "%s is seen in its own namespace only and cannot use %s".formatted(object, gateway));
    }
    return gates.pass(gateway, Waypoint.Traffic::services, "services");
  }

  private static String exportTo(KubeObject service) {
    return service
        .spec()
        .path("exportTo")
        .valueStream()
        .map(v -> v.asString(""))
        .toList()
        .toString();
  }

  /** The account waypoint of each kind of endpoint; empty where nobody claims any account here. */
  private Set<Optional<ObjectKey>> waypointsOfEndpoints(Answers answers) {
    Set<Optional<ObjectKey>> found = new LinkedHashSet<>();
    if (!answers.ask(new AccountsClaimed(object.namespace()))) {
      return found;
    }
    for (ServiceFacts service : answers.ask(new ServiceFactsOf(object))) {
      for (PodShapes.Shape shape : answers.ask(new PodShapes(object.namespace()))) {
        if (service.selects(shape.labels())) {
          found.add(answers.ask(new AccountWaypoint(object.namespace(), shape.account())));
        }
      }
    }
    return found;
  }
}
