package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.compile.binding.WaypointOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Clause;
import dev.marrow.proto.security.Match;
import dev.marrow.proto.security.Rule;
import dev.marrow.proto.security.Scope;
import dev.marrow.proto.security.StringMatch;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two policies that close the way past a set of waypoints. The ALLOW lets the waypoints in
 * where the user's own ALLOW policies do not name them; the DENY keeps everybody else out, whatever
 * those allow.
 */
final class OnlyWaypoints {
  private final Answers answers;
  private final String namespace;

  OnlyWaypoints(Answers answers, String namespace) {
    this.answers = answers;
    this.namespace = namespace;
  }

  /** The policies for workloads of this namespace behind {@code gateways}. */
  List<Authorization> policies(Set<ObjectKey> gateways) {
    if (gateways.isEmpty() || open(gateways)) {
      return List.of();
    }
    List<Authorization> policies = new ArrayList<>();
    Match.Builder anybodyElse = Match.newBuilder();
    for (ObjectKey gateway : gateways) {
      StringMatch principal = StringMatch.newBuilder().setExact(principal(gateway)).build();
      String name = "istio_allow_waypoint_%s_%s".formatted(gateway.namespace(), gateway.name());
      policies.add(policy(name, Action.ALLOW, Match.newBuilder().addPrincipals(principal)));
      anybodyElse.addNotPrincipals(principal);
    }
    policies.add(policy("marrow_only_waypoint_" + joined(gateways), Action.DENY, anybodyElse));
    return policies;
  }

  private boolean open(Set<ObjectKey> gateways) {
    return gateways.stream()
        .map(gateway -> answers.ask(new WaypointOf(gateway)))
        .anyMatch(waypoint -> waypoint.map(Waypoint::allowBypass).orElse(false));
  }

  private String principal(ObjectKey gateway) {
    Optional<Waypoint> waypoint = answers.ask(new WaypointOf(gateway));
    MeshConfig mesh = answers.mesh();
    return mesh.principal(
        gateway.namespace(), waypoint.map(Waypoint::serviceAccount).orElse(gateway.name()));
  }

  private static String joined(Set<ObjectKey> gateways) {
    return gateways.stream()
        .sorted()
        .map(gateway -> gateway.namespace() + "_" + gateway.name())
        .collect(Collectors.joining("_"));
  }

  private Authorization policy(String name, Action action, Match.Builder match) {
    return Authorization.newBuilder()
        .setNamespace(namespace)
        .setName(name)
        .setScope(Scope.WORKLOAD_SELECTOR)
        .setAction(action)
        .addRules(Rule.newBuilder().addClauses(Clause.newBuilder().addMatches(match)))
        .build();
  }
}
