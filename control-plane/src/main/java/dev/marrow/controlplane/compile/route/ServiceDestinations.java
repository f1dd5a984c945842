package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.Canary;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.compile.facts.HostOwner;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.ServiceTarget;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What waypoints are told about a Service or ServiceEntry. */
public record ServiceDestinations(ObjectKey object) implements Question<List<BoundDestination>> {
  @Override
  public List<BoundDestination> answer(Answers answers) {
    List<BoundDestination> destinations = new ArrayList<>();
    for (ObjectKey gateway : gateways(answers)) {
      if (CommonRules.served(answers, gateway)) {
        for (ServiceFacts service : HostOwner.owned(answers, object)) {
          destinations.add(new BoundDestination(gateway, destination(answers, gateway, service)));
        }
      }
    }
    return destinations;
  }

  private Set<ObjectKey> gateways(Answers answers) {
    Set<ObjectKey> gateways = new LinkedHashSet<>();
    if (answers.ask(new ServiceBinding(object))
        instanceof Binding.Bound(ObjectKey gateway, boolean ready)) {
      gateways.add(gateway);
      if (answers.ask(new Canary.Of(object, gateway))
          instanceof Canary.Split(ObjectKey canary, int weight)) {
        gateways.add(canary);
      }
    }
    return gateways;
  }

  private Destination destination(Answers answers, ObjectKey gateway, ServiceFacts service) {
    Destination.Builder builder =
        Destination.newBuilder()
            .setService(
                ServiceTarget.newBuilder()
                    .setNamespace(service.namespace())
                    .setHostname(service.hostname()))
            .addAllPorts(new PortRules(answers, gateway, service).ports())
            .addAllPolicies(answers.ask(new PoliciesFor(gateway, object)))
            .addAllJwtProviders(CommonRules.jwt(answers, gateway, object));
    CommonRules.add(answers, gateway, object, builder);
    answers
        .ask(new TrafficFor(gateway.namespace(), service.namespace(), service.hostname()))
        .ifPresent(builder::setTraffic);
    return builder.build();
  }
}
