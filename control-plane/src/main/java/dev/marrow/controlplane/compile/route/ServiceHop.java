package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.compile.binding.WaypointOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.resources.ObjectKey;
import java.util.List;

/**
 * Where clients of a Service go: to what is in front of it, unless its Gateway lets them leave it
 * out while there is no L7 rule.
 */
public record ServiceHop(ObjectKey object) implements Question<Binding> {
  @Override
  public Binding answer(Answers answers) {
    Binding binding = answers.ask(new ServiceBinding(object));
    return binding instanceof Binding.Bound(ObjectKey gateway, boolean ready)
            && maySkip(answers, gateway)
            && withoutRules(answers)
        ? new Binding.Unbound()
        : binding;
  }

  private static boolean maySkip(Answers answers, ObjectKey gateway) {
    return answers.ask(new WaypointOf(gateway)).map(Waypoint::skipWithoutRules).orElse(false);
  }

  /** Of a waypoint that does not ask us nobody knows its rules. */
  private boolean withoutRules(Answers answers) {
    List<BoundDestination> destinations = answers.ask(new ServiceDestinations(object));
    return !destinations.isEmpty()
        && destinations.stream().map(BoundDestination::destination).allMatch(ServiceHop::plain);
  }

  private static boolean plain(Destination destination) {
    return destination.getPoliciesCount() == 0
        && destination.getJwtProvidersCount() == 0
        && destination.getRateLimitsCount() == 0
        && !destination.hasTraffic()
        && !destination.hasTelemetry()
        && !destination.hasCompression()
        && !destination.getForwardClientIdentity()
        && destination.getPortsList().stream().allMatch(ServiceHop::plain);
  }

  private static boolean plain(Port port) {
    return port.getHttpRulesCount() == 0
        && !port.getRouted()
        && port.getTcpRulesCount() == 0
        && port.getTlsRulesCount() == 0
        && !port.hasBackendTls();
  }
}
