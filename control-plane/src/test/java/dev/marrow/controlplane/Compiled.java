package dev.marrow.controlplane;

import dev.marrow.controlplane.deploy.Applier;
import dev.marrow.controlplane.deploy.GeneratedObject;
import dev.marrow.controlplane.graph.Graph;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.publish.Published;
import dev.marrow.controlplane.publish.Publisher;
import dev.marrow.controlplane.publish.ResourceId;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.controlplane.publish.Sinks;
import dev.marrow.controlplane.status.ObjectStatus;
import dev.marrow.controlplane.status.StatusWriter;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.workload.Address;
import dev.marrow.proto.workload.Service;
import dev.marrow.proto.workload.Workload;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import dev.marrow.resources.ResourceSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Objects, compiled, with everything that came of them in memory. */
public final class Compiled implements Applier, StatusWriter {
  private final ResourceTables tables = new ResourceTables();
  private final Map<ObjectKey, JsonNode> generated = new TreeMap<>();
  private final Map<ObjectKey, JsonNode> statuses = new TreeMap<>();
  private final Publisher publisher =
      new Publisher(new Graph(MeshConfig.standard()), new Sinks(tables::update, this, this));
  private final Set<String> changed = new HashSet<>();
  private ResourceSnapshot objects = ResourceSnapshot.empty();

  public static Compiled of(String... texts) {
    Compiled compiled = new Compiled();
    compiled.tables.onChange(ids -> ids.forEach(id -> compiled.changed.add(id.name())));
    compiled.put(texts);
    return compiled;
  }

  /** Puts objects in; returns how many questions that asked. */
  public int put(String... texts) {
    ResourceSnapshot parsed = ResourceSnapshot.parse("test", String.join("\n---\n", texts));
    List<KubeObject> all = new ArrayList<>();
    parsed.kinds().forEach(kind -> all.addAll(parsed.all(kind)));
    return next(objects.with(all, List.of(), List.of()));
  }

  public int remove(String kind, String namespace, String name) {
    return next(objects.with(List.of(), List.of(new ObjectKey(kind, namespace, name)), List.of()));
  }

  private int next(ResourceSnapshot next) {
    changed.clear();
    objects = next;
    return publisher.publish(next);
  }

  /** The names of the resources that the last round changed. */
  public Set<String> changed() {
    return Set.copyOf(changed);
  }

  public ResourceSnapshot objects() {
    return objects;
  }

  public Workload pod(String name) {
    return address("Kubernetes//Pod/shop/" + name).getWorkload();
  }

  public Service service(String name) {
    return address("shop/" + name + ".shop.svc.cluster.local").getService();
  }

  public Address address(String name) {
    return tables
        .get(new ResourceId(ResourceType.ADDRESS, "", name))
        .map(Published::message)
        .map(Address.class::cast)
        .orElseThrow(
            () -> new AssertionError(name + " not among " + names(ResourceType.ADDRESS, "")));
  }

  public Authorization policy(String name) {
    return tables
        .get(new ResourceId(ResourceType.AUTHORIZATION, "", name))
        .map(Published::message)
        .map(Authorization.class::cast)
        .orElseThrow(
            () -> new AssertionError(name + " not among " + names(ResourceType.AUTHORIZATION, "")));
  }

  public Destination destination(String gateway, String name) {
    return tables
        .get(new ResourceId(ResourceType.DESTINATION, gateway, name))
        .map(Published::message)
        .map(Destination.class::cast)
        .orElseThrow(() ->
            new AssertionError(name + " not among " + names(ResourceType.DESTINATION, gateway)));
  }

  public Set<String> names(ResourceType type, String scope) {
    return tables.names(type, scope);
  }

  /** Everything that is published, by name and version. */
  public Map<String, String> versions(String... scopes) {
    Map<String, String> all = new TreeMap<>();
    for (ResourceType type : ResourceType.values()) {
      for (String scope : scopes) {
        for (String name : tables.names(type, scope)) {
          tables
              .get(new ResourceId(type, scope, name))
              .ifPresent(r -> all.put(type + " " + scope + " " + name, r.version()));
        }
      }
    }
    return all;
  }

  public Map<ObjectKey, JsonNode> statuses() {
    return statuses;
  }

  public Map<ObjectKey, JsonNode> generated() {
    return generated;
  }

  /** A condition as {@code True Reason message}; empty where there is none. */
  public String condition(String kind, String name, String type) {
    JsonNode status =
        statuses.getOrDefault(new ObjectKey(kind, "shop", name), MissingNode.getInstance());
    return condition(status.path("conditions"), type);
  }

  public String parentCondition(String kind, String name, int parent, String type) {
    JsonNode status =
        statuses.getOrDefault(new ObjectKey(kind, "shop", name), MissingNode.getInstance());
    return condition(status.path("parents").path(parent).path("conditions"), type);
  }

  public String ancestorCondition(String kind, String name, String type) {
    JsonNode status =
        statuses.getOrDefault(new ObjectKey(kind, "shop", name), MissingNode.getInstance());
    return condition(status.path("ancestors").path(0).path("conditions"), type);
  }

  private static String condition(JsonNode conditions, String type) {
    for (JsonNode condition : conditions) {
      if (condition.path("type").stringValue("").equals(type)) {
        return String.join(
            " ",
            Arrays.asList(
                condition.path("status").asString(""),
                condition.path("reason").asString(""),
                condition.path("message").asString("")));
      }
    }
    return "";
  }

  @Override
  public void apply(Collection<GeneratedObject> put, Collection<ObjectKey> removed) {
    put.forEach(object -> generated.put(object.key(), object.content()));
    removed.forEach(generated::remove);
  }

  @Override
  public void write(Collection<ObjectStatus> put, Collection<ObjectKey> removed) {
    put.forEach(status -> statuses.put(status.key(), status.status()));
    removed.forEach(statuses::remove);
  }

  @Override
  public void problems(List<Problem> problems) {}
}
