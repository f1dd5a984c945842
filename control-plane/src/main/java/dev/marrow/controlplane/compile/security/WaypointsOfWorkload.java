package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.compile.binding.WorkloadBinding;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServicesSelecting;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.ObjectKey;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All waypoints that are in front of such a workload: its own and those of its services. A service
 * without an address has none in front: clients come to the addresses of its pods.
 */
record WaypointsOfWorkload(String namespace, Map<String, String> labels, String account)
    implements Question<Set<ObjectKey>> {
  @Override
  public Set<ObjectKey> answer(Answers answers) {
    Set<ObjectKey> waypoints = new TreeSet<>();
    add(answers.ask(new WorkloadBinding(namespace, labels, account)), waypoints);
    for (ServiceFacts service : answers.ask(new ServicesSelecting(namespace, labels))) {
      if (!service.addresses().isEmpty()) {
        add(answers.ask(new ServiceBinding(service.object())), waypoints);
      }
    }
    return waypoints;
  }

  private static void add(Binding binding, Set<ObjectKey> waypoints) {
    if (binding instanceof Binding.Bound(ObjectKey gateway, boolean ready)) {
      waypoints.add(gateway);
    }
  }
}
