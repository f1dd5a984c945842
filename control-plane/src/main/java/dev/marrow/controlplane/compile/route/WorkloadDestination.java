package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.WorkloadBinding;
import dev.marrow.controlplane.compile.facts.PodFacts;
import dev.marrow.controlplane.compile.facts.PodFactsOf;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServicesSelecting;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.JwtProvider;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.Protocol;
import dev.marrow.proto.waypoint.WorkloadTarget;
import dev.marrow.resources.ObjectKey;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a waypoint is told about a pod that it is in front of. */
public record WorkloadDestination(ObjectKey pod) implements Question<List<BoundDestination>> {
  @Override
  public List<BoundDestination> answer(Answers answers) {
    Optional<PodFacts> facts = answers.ask(new PodFactsOf(pod));
    if (facts.isEmpty()
        || !(answers.ask(
                new WorkloadBinding(pod.namespace(), facts.get().labels(), facts.get().account()))
            instanceof Binding.Bound(ObjectKey gateway, boolean ready))
        || !CommonRules.served(answers, gateway)) {
      return List.of();
    }
    Destination rules =
        answers.ask(
            new Rules(
                gateway, pod.namespace(), facts.get().labels(), facts.get().containerPorts()));
    String uid = answers.mesh().clusterId() + "//Pod/" + pod.namespace() + "/" + pod.name();
    return List.of(
        new BoundDestination(
            gateway,
            rules.toBuilder().setWorkload(WorkloadTarget.newBuilder().setUid(uid)).build()));
  }

  /**
   * The same for all pods that no selector tells apart. Policies for a service hold for its pods
   * too: otherwise who dials the pod's address would get past them.
   */
  private record Rules(
      ObjectKey gateway,
      String namespace,
      Map<String, String> labels,
      Map<String, Integer> containerPorts)
      implements Question<Destination> {
    @Override
    public Destination answer(Answers answers) {
      Map<Integer, Protocol> ports = new TreeMap<>();
      Map<String, AuthorizationPolicy> policies = new LinkedHashMap<>();
      Set<JwtProvider> jwt = new LinkedHashSet<>(CommonRules.jwt(answers, gateway, gateway));
      answers
          .ask(new PoliciesFor(gateway, gateway))
          .forEach(policy -> policies.put(policy.getName(), policy));
      for (ServiceFacts service : answers.ask(new ServicesSelecting(namespace, labels))) {
        Map<Integer, Integer> targets = targets(service, ports);
        for (AuthorizationPolicy policy : answers.ask(new PoliciesFor(gateway, service.object()))) {
          policies.computeIfAbsent(
              policy.getName(), name -> WaypointPolicy.onWorkload(policy, targets));
        }
        jwt.addAll(CommonRules.jwt(answers, gateway, service.object()));
      }
      Destination.Builder builder = Destination.newBuilder();
      ports.putIfAbsent(0, Protocol.UNDECLARED);
      ports.forEach((port, protocol) ->
          builder.addPorts(Port.newBuilder().setPort(port).setProtocol(protocol)));
      builder.addAllPolicies(policies.values()).addAllJwtProviders(jwt);
      CommonRules.add(answers, gateway, gateway, builder);
      return builder.build();
    }

    private Map<Integer, Integer> targets(ServiceFacts service, Map<Integer, Protocol> ports) {
      Map<Integer, Integer> targets = new TreeMap<>();
      for (ServiceFacts.ServicePort port : service.ports()) {
        int target = port.targetIn(containerPorts);
        if (target != 0) {
          targets.put(port.port(), target);
          ports.putIfAbsent(target, PortRules.protocol(port.protocol()));
        }
      }
      return targets;
    }
  }
}
