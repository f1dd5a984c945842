package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Subset;
import dev.marrow.proto.waypoint.TrafficPolicy;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The DestinationRule of a host: of the waypoint's namespace, else of the service's, else of the
 * root; of several the oldest.
 */
record TrafficFor(String gatewayNamespace, String serviceNamespace, String hostname)
    implements Question<Optional<TrafficPolicy>> {
  @Override
  public Optional<TrafficPolicy> answer(Answers answers) {
    Set<String> namespaces =
        new LinkedHashSet<>(
            List.of(gatewayNamespace, serviceNamespace, answers.mesh().rootNamespace()));
    return namespaces.stream()
        .flatMap(namespace -> answers.ask(new In(namespace)).stream())
        .filter(rule -> rule.host().equals(hostname))
        .findFirst()
        .map(TrafficReading.Traffic::policy)
        .map(policy -> listed(answers, policy));
  }

  /** With the workloads of the subsets whose labels WDS does not carry. */
  private TrafficPolicy listed(Answers answers, TrafficPolicy policy) {
    if (policy.getSubsetsMap().values().stream().noneMatch(Subset::getListed)) {
      return policy;
    }
    TrafficPolicy.Builder builder = policy.toBuilder();
    policy
        .getSubsetsMap()
        .forEach((name, subset) -> {
          if (subset.getListed()) {
            List<String> members =
                answers.ask(new SubsetMembers(serviceNamespace, hostname, subset.getLabelsMap()));
            builder.putSubsets(name, subset.toBuilder().addAllWorkloads(members).build());
          }
        });
    return builder.build();
  }

  private record In(String namespace) implements Question<List<TrafficReading.Traffic>> {
    @Override
    public List<TrafficReading.Traffic> answer(Answers answers) {
      return answers.objects("DestinationRule", namespace).stream()
          .sorted(Comparator.comparing(KubeObject::createdAt).thenComparing(KubeObject::key))
          .map(object -> TrafficReading.read(object, new ArrayList<>(), new ArrayList<>()))
          .map(rule -> new TrafficReading.Traffic(full(rule.host(), answers.mesh()), rule.policy()))
          .toList();
    }

    private String full(String host, MeshConfig mesh) {
      String[] parts = host.split("\\.", -1);
      boolean shortName = parts.length == 1;
      boolean withNamespace = parts.length == 2 || parts.length == 3 && parts[2].equals("svc");
      if (shortName) {
        return mesh.hostname(namespace, host);
      }
      return withNamespace && !host.startsWith("*") ? serviceName(parts, mesh, host) : host;
    }

    private static String serviceName(String[] parts, MeshConfig mesh, String host) {
      // "a.b" may be an external host as well as a service with its namespace; Istio takes names
      // with a dot as they are.
      return parts.length == 3 ? mesh.hostname(parts[1], parts[0]) : host;
    }
  }
}
