package dev.marrow.controlplane.publish;

import dev.marrow.controlplane.graph.Graph;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tables in step with the objects: asks again the questions whose answers may have
 * changed and puts what differs into the tables. A question that fails keeps its last answer.
 * Confined to one thread.
 */
public final class Publisher {
  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  private final Graph graph;
  private final ResourceTables tables;
  private final Map<Question<? extends List<?>>, Set<ResourceId>> published = new HashMap<>();
  private final Set<String> namespaces = new HashSet<>();

  public Publisher(Graph graph, ResourceTables tables) {
    this.graph = graph;
    this.tables = tables;
  }

  /** What differs between {@code next} and what was published. */
  public Set<ObjectKey> changed(ResourceSnapshot next) {
    return next.changedSince(graph.snapshot());
  }

  /** Publishes {@code next}; returns how many questions were asked. */
  public int publish(ResourceSnapshot next) {
    ResourceSnapshot before = graph.snapshot();
    Set<ObjectKey> changed = next.changedSince(before);
    Set<Question<?>> stale = new LinkedHashSet<>(graph.update(next));
    Set<Question<? extends List<?>>> gone = new HashSet<>();
    for (ObjectKey key : changed) {
      boolean there = next.get(key).isPresent();
      for (Question<? extends List<?>> root : Roots.of(key)) {
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
    if (published.isEmpty()) {
      stale.addAll(Roots.always());
    }
    apply(stale, gone);
    return stale.size();
  }

  private void apply(Set<Question<?>> stale, Set<Question<? extends List<?>>> gone) {
    Map<ResourceId, Published> put = new HashMap<>();
    Set<ResourceId> removed = new LinkedHashSet<>();
    for (Question<?> question : stale) {
      if (!gone.contains(question)) {
        ask(question, put, removed);
      }
    }
    for (Question<? extends List<?>> root : gone) {
      removed.addAll(published.getOrDefault(root, Set.of()));
      published.remove(root);
      graph.removeRoot(root);
    }
    removed.removeAll(put.keySet());
    tables.update(put.values(), removed);
  }

  @SuppressWarnings("unchecked") // Roots are questions about lists; the graph reports only roots.
  private void ask(Question<?> question, Map<ResourceId, Published> put, Set<ResourceId> removed) {
    Question<? extends List<?>> root = (Question<? extends List<?>>) question;
    graph.addRoot(root);
    Set<ResourceId> ids = new LinkedHashSet<>();
    try {
      for (Object element : graph.ask(root)) {
        Published resource = Published.of(element);
        put.put(resource.id(), resource);
        ids.add(resource.id());
      }
    } catch (RuntimeException e) {
      log.error("{} not compiled; what was published of it stays", root, e);
      published.putIfAbsent(root, Set.of());
      return;
    }
    Set<ResourceId> before = published.getOrDefault(root, Set.of());
    before.stream().filter(id -> !ids.contains(id)).forEach(removed::add);
    published.put(root, Set.copyOf(ids));
  }
}
