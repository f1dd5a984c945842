package dev.marrow.controlplane.publish;

import dev.marrow.controlplane.admit.Admission;
import dev.marrow.controlplane.deploy.GeneratedObject;
import dev.marrow.controlplane.graph.Graph;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.controlplane.status.ObjectStatus;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is published in step with the objects: asks again the questions whose answers may have
 * changed and hands on what differs. A question that fails keeps its last answer. Confined to one
 * thread.
 */
public final class Publisher {
  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  /** What one round changes. */
  private record Round(Map<Sinks.Id, Object> put, Set<Sinks.Id> removed) {}

  private final Admission admission = new Admission();
  private final Graph graph;
  private final Sinks sinks;
  private final Map<Question<?>, Set<Sinks.Id>> published = new HashMap<>();
  private final Set<String> namespaces = new HashSet<>();
  private boolean started;

  public Publisher(Graph graph, Sinks sinks) {
    this.graph = graph;
    this.sinks = sinks;
  }

  /** Publishes {@code next}; returns how many questions were asked. */
  public int publish(ResourceSnapshot next) {
    boolean first = !started;
    boolean problems = first || !next.problems().equals(graph.snapshot().problems());
    ResourceSnapshot admitted = admission.admit(next);
    Set<ObjectKey> changed = admitted.changedSince(graph.snapshot());
    Set<Question<?>> stale = new LinkedHashSet<>(graph.update(admitted));
    Set<Question<?>> gone = new LinkedHashSet<>();
    for (ObjectKey key : changed) {
      roots(key, admitted.get(key).isPresent(), stale, gone);
    }
    if (first) {
      stale.addAll(Roots.always());
    }
    apply(stale, gone, first);
    if (problems) {
      sinks.problems(next.problems());
    }
    started = true;
    return stale.size();
  }

  private void roots(ObjectKey key, boolean there, Set<Question<?>> stale, Set<Question<?>> gone) {
    for (Question<?> root : Roots.of(key)) {
      if (there && !published.containsKey(root)) {
        stale.add(root);
      } else if (!there) {
        gone.add(root);
      }
    }
    if (!key.namespace().isEmpty() && namespaces.add(key.namespace())) {
      stale.addAll(Roots.ofNamespace(key.namespace()));
    }
  }

  private void apply(Set<Question<?>> stale, Set<Question<?>> gone, boolean first) {
    Round round = new Round(new LinkedHashMap<>(), new LinkedHashSet<>());
    for (Question<?> root : stale) {
      if (!gone.contains(root)) {
        ask(root, round);
      }
    }
    for (Question<?> root : gone) {
      round.removed().addAll(published.getOrDefault(root, Set.of()));
      published.remove(root);
      graph.removeRoot(root);
    }
    round.removed().removeAll(round.put().keySet());
    sinks.update(round.put().values(), round.removed(), first);
  }

  private void ask(Question<?> root, Round round) {
    graph.addRoot(root);
    Set<Sinks.Id> ids = new LinkedHashSet<>();
    Set<Sinks.Id> before = published.getOrDefault(root, Set.of());
    try {
      if (graph.ask(root) instanceof List<?> elements) {
        for (Object element : elements) {
          Object ready = ready(element);
          ids.add(Sinks.idOf(ready));
          round.put().put(Sinks.idOf(ready), ready);
        }
      }
    } catch (RuntimeException e) {
      log.error("{} not compiled; what was published of it stays", root, e);
      published.putIfAbsent(root, Set.of());
      return;
    }
    before.stream().filter(id -> !ids.contains(id)).forEach(round.removed()::add);
    published.put(root, Set.copyOf(ids));
  }

  private static Object ready(Object element) {
    return element instanceof GeneratedObject || element instanceof ObjectStatus
        ? element
        : Published.of(element);
  }
}
