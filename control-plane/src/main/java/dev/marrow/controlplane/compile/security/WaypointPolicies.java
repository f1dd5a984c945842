package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.compile.facts.EntryShapes;
import dev.marrow.controlplane.compile.facts.PodShapes;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.security.Authorization;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The policies that close the way past the waypoints of a namespace's workloads. */
public record WaypointPolicies(String namespace) implements Question<List<Authorization>> {
  @Override
  public List<Authorization> answer(Answers answers) {
    Set<Set<ObjectKey>> sets = new LinkedHashSet<>();
    for (PodShapes.Shape shape : answers.ask(new PodShapes(namespace))) {
      sets.add(answers.ask(new WaypointsOfWorkload(namespace, shape.labels(), shape.account())));
    }
    for (EntryShapes.Shape shape : answers.ask(new EntryShapes(namespace))) {
      sets.add(answers.ask(new WaypointsOfWorkload(namespace, shape.labels(), shape.account())));
    }
    OnlyWaypoints only = new OnlyWaypoints(answers, namespace);
    Map<String, Authorization> policies = new LinkedHashMap<>();
    for (Set<ObjectKey> set : sets) {
      only.policies(set).forEach(policy -> policies.put(policy.getName(), policy));
    }
    return new ArrayList<>(policies.values());
  }

  /** The names of those policies that a workload refers to. */
  public record For(String namespace, Map<String, String> labels, String account)
      implements Question<List<String>> {
    @Override
    public List<String> answer(Answers answers) {
      Set<ObjectKey> waypoints = answers.ask(new WaypointsOfWorkload(namespace, labels, account));
      return new OnlyWaypoints(answers, namespace)
          .policies(waypoints).stream()
              .map(policy -> policy.getNamespace() + "/" + policy.getName())
              .toList();
    }
  }
}
