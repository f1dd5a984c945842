package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of all routes of a namespace that are attached to {@code parent}, whatever their order.
 */
record RoutesFor(String namespace, ObjectKey parent) implements Question<List<ObjectKey>> {
  static final List<String> KINDS = List.of("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute");

  @Override
  public List<ObjectKey> answer(Answers answers) {
    return answers.ask(new ByParent(namespace)).stream()
        .filter(attached -> attached.parent().equals(parent))
        .map(Attached::route)
        .toList();
  }

  private record Attached(ObjectKey parent, ObjectKey route) {}

  /** Read once for all parents: a namespace may have thousands of routes. */
  private record ByParent(String namespace) implements Question<List<Attached>> {
    @Override
    public List<Attached> answer(Answers answers) {
      List<Attached> all = new ArrayList<>();
      for (String kind : KINDS) {
        for (KubeObject route : answers.objects(kind, namespace)) {
          for (ObjectKey parent : answers.ask(new ParentsOf(route.key()))) {
            all.add(new Attached(parent, route.key()));
          }
        }
      }
      return all;
    }
  }

  /** Changes only when the route is attached elsewhere. */
  private record ParentsOf(ObjectKey route) implements Question<List<ObjectKey>> {
    @Override
    public List<ObjectKey> answer(Answers answers) {
      return answers
          .object(route)
          .map(object -> RouteReading.read(object, new ArrayList<>()))
          .map(facts -> facts.parents().stream().filter(ParentReference::supported).toList())
          .map(parents -> parents.stream().map(ParentReference::object).distinct().toList())
          .orElse(List.of());
    }
  }
}
