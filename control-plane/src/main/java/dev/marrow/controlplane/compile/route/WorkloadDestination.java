package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.address.PodWorkload;
import dev.marrow.controlplane.compile.binding.Binding;
import dev.marrow.controlplane.compile.binding.ServiceBinding;
import dev.marrow.controlplane.compile.binding.WorkloadBinding;
import dev.marrow.controlplane.compile.facts.PodFacts;
import dev.marrow.controlplane.compile.facts.PodFactsOf;
import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.compile.facts.ServicesSelecting;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.JwtProvider;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.Protocol;
import dev.marrow.proto.waypoint.TcpRule;
import dev.marrow.proto.waypoint.TlsRule;
import dev.marrow.proto.waypoint.WorkloadTarget;
import dev.marrow.resources.ObjectKey;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
    String uid = PodWorkload.uid(answers.mesh().clusterId(), pod.namespace(), pod.name());
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
      boolean open = policies.values().stream().noneMatch(WaypointPolicy::allows);
      Set<Integer> guarded = new TreeSet<>();
      Map<Integer, Port> routed = new TreeMap<>();
      for (ServiceFacts service : answers.ask(new ServicesSelecting(namespace, labels))) {
        Map<Integer, Integer> targets = targets(service, ports);
        if (mixed(answers, service)) {
          routes(answers, service, targets, routed);
        }
        for (AuthorizationPolicy policy : answers.ask(new PoliciesFor(gateway, service.object()))) {
          if (policies.putIfAbsent(policy.getName(), WaypointPolicy.onWorkload(policy, targets))
                  == null
              && WaypointPolicy.allows(policy)) {
            guarded.addAll(targets.values());
          }
        }
        jwt.addAll(CommonRules.jwt(answers, gateway, service.object()));
      }
      Destination.Builder builder = Destination.newBuilder();
      ports.putIfAbsent(0, Protocol.UNDECLARED);
      ports.forEach((port, protocol) ->
          builder.addPorts(
              routed.getOrDefault(
                  port, Port.newBuilder().setPort(port).setProtocol(protocol).build())));
      if (open) {
        policies.replaceAll((name, policy) -> WaypointPolicy.besides(policy, guarded));
      }
      builder.addAllPolicies(policies.values()).addAllJwtProviders(jwt);
      CommonRules.add(answers, gateway, gateway, builder);
      return builder.build();
    }

    /**
     * Clients pick an endpoint of such a service themselves, and come to its waypoint with that.
     */
    private static boolean mixed(Answers answers, ServiceFacts service) {
      return answers.ask(new ServiceBinding(service.object()))
              instanceof Binding.Refused(Binding.Reason reason, String message)
          && reason == Binding.Reason.MIXED;
    }

    private void routes(
        Answers answers,
        ServiceFacts service,
        Map<Integer, Integer> targets,
        Map<Integer, Port> into) {
      for (Port port : new PortRules(answers, gateway, service).ports()) {
        Integer target = targets.get(port.getPort());
        if (target != null) {
          into.putIfAbsent(target, onWorkload(port, target, service));
        }
      }
    }

    private static Port onWorkload(Port port, int target, ServiceFacts service) {
      Port.Builder builder = port.toBuilder().setPort(target);
      for (HttpRule.Builder rule : builder.getHttpRulesBuilderList()) {
        rule.getBackendsBuilderList().forEach(b -> original(b.getBackendBuilder(), port, service));
      }
      for (TcpRule.Builder rule : builder.getTcpRulesBuilderList()) {
        rule.getBackendsBuilderList().forEach(b -> original(b.getBackendBuilder(), port, service));
      }
      for (TlsRule.Builder rule : builder.getTlsRulesBuilderList()) {
        rule.getBackendsBuilderList().forEach(b -> original(b.getBackendBuilder(), port, service));
      }
      return builder.build();
    }

    /** The endpoint has been picked: the service itself stands for it. */
    private static void original(Backend.Builder backend, Port port, ServiceFacts service) {
      if (backend.getHostname().equals(service.hostname())
          && backend.getNamespace().equals(service.namespace())
          && backend.getPort() == port.getPort()
          && backend.getSubset().isEmpty()) {
        backend.clear().setOriginalWorkload(true);
      }
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
