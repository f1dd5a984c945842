package dev.marrow.controlplane.publish;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The newest version of each resource. Thread-safe: one thread writes, all streams read. Readers
 * may see a batch half done, but every change is announced after it can be read, so that a stream
 * that reads what was announced ends up with the newest.
 */
public final class ResourceTables {
  private record Place(ResourceType type, String scope) {}

  private final Map<Place, Map<String, Published>> tables = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> byAlias = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> workloadsOf = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> workloadsOn = new ConcurrentHashMap<>();
  private final List<Consumer<Set<ResourceId>>> listeners = new CopyOnWriteArrayList<>();

  /** Puts in and takes out, then tells the listeners what changed. */
  public void update(Collection<Published> put, Collection<ResourceId> removed) {
    Set<ResourceId> changed = new LinkedHashSet<>();
    for (Published resource : put) {
      ResourceId id = resource.id();
      Optional<Published> before = Optional.ofNullable(table(id).put(id.name(), resource));
      before.ifPresent(this::unlink);
      link(resource);
      if (before.filter(b -> b.version().equals(resource.version())).isEmpty()) {
        changed.add(id);
      }
    }
    for (ResourceId id : removed) {
      Optional<Published> before = Optional.ofNullable(table(id).remove(id.name()));
      before.ifPresent(this::unlink);
      before.ifPresent(resource -> changed.add(id));
    }
    if (!changed.isEmpty()) {
      listeners.forEach(listener -> listener.accept(changed));
    }
  }

  private Map<String, Published> table(ResourceId id) {
    return tables.computeIfAbsent(
        new Place(id.type(), id.scope()), place -> new ConcurrentHashMap<>());
  }

  private void link(Published resource) {
    String name = resource.id().name();
    resource.aliases().forEach(alias -> add(byAlias, alias, name));
    resource.services().forEach(service -> add(workloadsOf, service, name));
    if (!resource.node().isEmpty()) {
      add(workloadsOn, resource.node(), name);
    }
  }

  private void unlink(Published resource) {
    String name = resource.id().name();
    // What was put in its place is linked after this.
    resource.aliases().forEach(alias -> take(byAlias, alias, name));
    resource.services().forEach(service -> take(workloadsOf, service, name));
    take(workloadsOn, resource.node(), name);
  }

  private static void add(Map<String, Set<String>> index, String key, String name) {
    index.computeIfAbsent(key, k -> ConcurrentHashMap.newKeySet()).add(name);
  }

  private static void take(Map<String, Set<String>> index, String key, String name) {
    index.computeIfPresent(
        key,
        (k, names) -> {
          names.remove(name);
          return names.isEmpty() ? null : names;
        });
  }

  public Optional<Published> get(ResourceId id) {
    return Optional.ofNullable(
        tables.getOrDefault(new Place(id.type(), id.scope()), Map.of()).get(id.name()));
  }

  /** All resources of a type, of all scopes, ordered by scope and name. */
  public List<Published> all(ResourceType type) {
    return tables.entrySet().stream()
        .filter(entry -> entry.getKey().type() == type)
        .flatMap(entry -> entry.getValue().values().stream())
        .sorted(
            Comparator.comparing((Published resource) -> resource.id().scope())
                .thenComparing(resource -> resource.id().name()))
        .toList();
  }

  /** The names of all resources of a type within a scope, at about this moment. */
  public Set<String> names(ResourceType type, String scope) {
    return Set.copyOf(tables.getOrDefault(new Place(type, scope), Map.of()).keySet());
  }

  /**
   * The addresses that a name asks for: the resource itself, those with that alias, and with a
   * service its workloads.
   */
  public Set<String> addresses(String asked) {
    Set<String> names = new LinkedHashSet<>(byAlias.getOrDefault(asked, Set.of()));
    if (get(new ResourceId(ResourceType.ADDRESS, "", asked)).isPresent()) {
      names.add(asked);
    }
    for (String name : List.copyOf(names)) {
      names.addAll(workloadsOf.getOrDefault(name, Set.of()));
    }
    return names;
  }

  /** The workloads of a node. */
  public Set<String> workloadsOn(String node) {
    return Set.copyOf(workloadsOn.getOrDefault(node, Set.of()));
  }

  /** Calls {@code listener} with what changed, on the writer's thread; it must not block. */
  public void onChange(Consumer<Set<ResourceId>> listener) {
    listeners.add(listener);
  }

  public void forget(Consumer<Set<ResourceId>> listener) {
    listeners.remove(listener);
  }

  public int size(ResourceType type) {
    return tables.entrySet().stream()
        .filter(entry -> entry.getKey().type() == type)
        .mapToInt(entry -> entry.getValue().size())
        .sum();
  }
}
