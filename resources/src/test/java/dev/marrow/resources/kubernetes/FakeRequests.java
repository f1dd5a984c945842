package dev.marrow.resources.kubernetes;

import dev.marrow.resources.kubernetes.FakeApiServer.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers what is not a watch. */
final class FakeRequests {
  private static final JsonMapper JSON = new JsonMapper();

  record Answer(int code, JsonNode body) {}

  /** Which object, or which whole collection, a path means. */
  private record Place(String collection, String namespace, String name, boolean status) {
    String key() {
      return (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
  }

  private final FakeApiServer server;

  FakeRequests(FakeApiServer server) {
    this.server = server;
  }

  Answer answer(Request request) {
    return server.locked(collections -> {
      Optional<Place> place = place(request.path(), collections);
      return place.isEmpty()
          ? refuse(404, "no such resource")
          : answer(
              request,
              place.get(),
              collections.getOrDefault(place.get().collection(), new TreeMap<>()));
    });
  }

  private Answer answer(Request request, Place place, TreeMap<String, ObjectNode> objects) {
    if (request.method().equals("POST")) {
      return create(place, objects, (ObjectNode) JSON.readTree(request.body()));
    }
    if (place.name().isEmpty()) {
      return list(request, place, objects);
    }
    Optional<ObjectNode> found = Optional.ofNullable(objects.get(place.key()));
    return switch (request.method()) {
      case "GET" -> found.map(this::ok).orElseGet(() -> refuse(404, "not found"));
      case "PUT" -> replace(place, found, (ObjectNode) JSON.readTree(request.body()));
      case "PATCH" -> {
        ObjectNode object = (ObjectNode) JSON.readTree(request.body());
        yield server.mayApply(place.collection() + place.key(), found, object, request.query())
            ? apply(place, found, object)
            : refuse(409, "conflict with another manager");
      }
      case "DELETE" -> {
        server.delete(place.collection(), place.key());
        yield found.map(this::ok).orElseGet(() -> refuse(404, "not found"));
      }
      default -> refuse(405, request.method());
    };
  }

  private static Optional<Place> place(
      String path, Map<String, TreeMap<String, ObjectNode>> collections) {
    String[] parts = path.split("/");
    for (int end = 3; end <= parts.length; end++) {
      String prefix = String.join("/", List.of(parts).subList(0, end));
      List<String> rest = new ArrayList<>(List.of(parts).subList(end, parts.length));
      String namespace = "";
      if (rest.size() > 2 && rest.getFirst().equals("namespaces")
          || rest.size() == 3 && rest.getFirst().equals("namespaces")) {
        namespace = rest.get(1);
        prefix = prefix + "/" + rest.get(2);
        rest = rest.subList(3, rest.size());
      }
      if (collections.containsKey(prefix)) {
        String name = rest.isEmpty() ? "" : rest.getFirst();
        boolean status = rest.size() > 1 && rest.get(1).equals("status");
        return Optional.of(new Place(prefix, namespace, name, status));
      }
    }
    return Optional.empty();
  }

  private Answer list(Request request, Place place, TreeMap<String, ObjectNode> objects) {
    String from = request.query().getOrDefault("continue", "");
    int limit = Integer.parseInt(request.query().getOrDefault("limit", "1000000"));
    ObjectNode list = JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
    ObjectNode metadata = list.putObject("metadata");
    metadata.put("resourceVersion", String.valueOf(server.version()));
    ArrayNode items = list.putArray("items");
    for (Map.Entry<String, ObjectNode> entry : objects.tailMap(from, false).entrySet()) {
      if (!entry.getKey().startsWith(place.namespace())
          || !selected(entry.getValue(), request.query())) {
        continue;
      }
      if (items.size() == limit) {
        metadata.put("continue", items.get(limit - 1).path("metadata").path("at").stringValue(""));
        break;
      }
      ObjectNode item = entry.getValue().deepCopy();
      item.withObject("metadata").put("at", entry.getKey());
      items.add(item);
    }
    return new Answer(200, list);
  }

  /** Whether label and field selectors of the forms that we use let {@code object} pass. */
  static boolean selected(JsonNode object, Map<String, String> query) {
    JsonNode labels = object.path("metadata").path("labels");
    return passes(query.getOrDefault("labelSelector", ""), name -> labels.path(name).asString(""))
        && passes(
            query.getOrDefault("fieldSelector", ""),
            name -> object.at("/" + name.replace('.', '/')).asString(""));
  }

  private static boolean passes(String selector, UnaryOperator<String> values) {
    for (String part : selector.isEmpty() ? List.<String>of() : List.of(selector.split(","))) {
      boolean not = part.contains("!=");
      String[] sides = part.split(not ? "!=" : "=", 2);
      if (values.apply(sides[0]).equals(sides[1]) == not) {
        return false;
      }
    }
    return true;
  }

  private Answer create(Place place, TreeMap<String, ObjectNode> objects, ObjectNode object) {
    String name = object.path("metadata").path("name").stringValue("");
    Place whole = new Place(place.collection(), place.namespace(), name, false);
    return objects.containsKey(whole.key())
        ? refuse(409, "already exists")
        : ok(server.store(place.collection(), object));
  }

  private Answer replace(Place place, Optional<ObjectNode> found, ObjectNode object) {
    JsonNode version = object.path("metadata").path("resourceVersion");
    if (found.isEmpty()) {
      return refuse(404, "not found");
    }
    return version.isString() && !version.equals(found.get().at("/metadata/resourceVersion"))
        ? refuse(409, "changed meanwhile")
        : ok(server.store(place.collection(), object));
  }

  private Answer apply(Place place, Optional<ObjectNode> found, ObjectNode object) {
    JsonNode version = object.path("metadata").path("resourceVersion");
    if (found.isEmpty() && place.status()) {
      return refuse(404, "not found");
    }
    if (version.isString()
        && !version.equals(found.orElse(object).at("/metadata/resourceVersion"))) {
      return refuse(409, "changed meanwhile");
    }
    ObjectNode merged = found.map(ObjectNode::deepCopy).orElseGet(JSON::createObjectNode);
    merge(merged, object);
    return found.filter(merged::equals).isPresent()
        ? ok(merged)
        : ok(server.store(place.collection(), merged));
  }

  private static void merge(ObjectNode base, ObjectNode over) {
    over.properties()
        .forEach(field -> {
          if (base.path(field.getKey()) instanceof ObjectNode lower
              && field.getValue() instanceof ObjectNode upper) {
            merge(lower, upper);
          } else {
            base.set(field.getKey(), field.getValue());
          }
        });
  }

  private Answer ok(ObjectNode object) {
    return new Answer(200, object.deepCopy());
  }

  private static Answer refuse(int code, String message) {
    return new Answer(code, FakeApiServer.status(code, message));
  }
}
