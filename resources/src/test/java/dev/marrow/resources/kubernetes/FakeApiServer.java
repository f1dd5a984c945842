package dev.marrow.resources.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An API server for tests, as far as ours speaks to one: lists with pages, watches, resource
 * versions, conflicts, server-side apply (a deep merge), the status subresource. Its collections
 * are those that a test names; everything else is not found. Thread-safe.
 */
public final class FakeApiServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** A request as it came. */
  public record Request(String method, String path, Map<String, String> query, String body) {
    public boolean watch() {
      return query.containsKey("watch");
    }
  }

  /** An answer instead of the right one. */
  public record Fault(int code, Map<String, String> headers) {
    public static Fault code(int code) {
      return new Fault(code, Map.of());
    }
  }

  private record Event(long version, String collection, String type, ObjectNode object) {}

  // Versions go on where a server took the place of another.
  private static final AtomicLong NEXT = new AtomicLong();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  // Guarded by this: collections by path, objects by namespace/name.
  private final Map<String, TreeMap<String, ObjectNode>> collections = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  // Who applied an object's data last.
  private final Map<String, String> managers = new HashMap<>();
  private long version = NEXT.addAndGet(1_000_000);
  private long oldest;
  private int watchGeneration;
  private volatile Function<Request, Optional<Fault>> faults = request -> Optional.empty();
  private volatile Function<Request, Optional<JsonNode>> answers = request -> Optional.empty();

  private FakeApiServer(HttpServer server) {
    this.server = server;
  }

  /** Serves the named collections, for example {@code /api/v1/pods}. */
  public static FakeApiServer start(String... collections) throws IOException {
    return start(0, collections);
  }

  public static FakeApiServer start(int port, String... collections) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    FakeApiServer fake = new FakeApiServer(http);
    for (String collection : collections) {
      fake.collections.put(collection, new TreeMap<>());
    }
    http.setExecutor(fake.threads);
    http.createContext("/", fake::answer);
    http.start();
    return fake;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public long count(String method, String pathPart) {
    return requests.stream()
        .filter(request -> request.method().equals(method) && request.path().contains(pathPart))
        .count();
  }

  /** From now on a request is answered by {@code next} if that has something to say. */
  public void faults(Function<Request, Optional<Fault>> next) {
    faults = next;
  }

  /** From now on a request is answered so if {@code next} has something to say. */
  public void answers(Function<Request, Optional<JsonNode>> next) {
    answers = next;
  }

  public synchronized void serve(String collection) {
    collections.putIfAbsent(collection, new TreeMap<>());
  }

  public synchronized void unserve(String collection) {
    collections.remove(collection);
    hangUp();
  }

  /** Puts an object in, as anybody else would. */
  public synchronized ObjectNode put(String collection, String json) {
    return put(collection, (ObjectNode) JSON.readTree(json));
  }

  private ObjectNode put(String collection, ObjectNode object) {
    ObjectNode metadata = object.withObject("metadata");
    version++;
    metadata.put("resourceVersion", String.valueOf(version));
    Optional<ObjectNode> before =
        Optional.ofNullable(objects(collection).put(nameOf(metadata), object));
    if (!metadata.has("uid")) {
      String uid = before.map(b -> b.at("/metadata/uid").stringValue("")).orElse("uid-" + version);
      metadata.put("uid", uid);
    }
    event(collection, before.isPresent() ? "MODIFIED" : "ADDED", object);
    return object;
  }

  public synchronized void delete(String collection, String name) {
    ObjectNode object = objects(collection).remove(name);
    if (object != null) {
      version++;
      ObjectNode last = object.deepCopy();
      last.withObject("metadata").put("resourceVersion", String.valueOf(version));
      event(collection, "DELETED", last);
    }
  }

  public synchronized Optional<JsonNode> get(String collection, String name) {
    return Optional.ofNullable(collections.getOrDefault(collection, new TreeMap<>()).get(name))
        .map(ObjectNode::deepCopy);
  }

  public synchronized List<String> names(String collection) {
    return List.copyOf(objects(collection).keySet());
  }

  /** Forgets all events up to now: who watches from before is told 410. */
  public synchronized void compact() {
    oldest = version;
    events.clear();
  }

  /** Puts an object in and forgets that event before any watch can tell of it. */
  public synchronized void putUntold(String collection, String json) {
    put(collection, json);
    compact();
  }

  /** Ends all watches that are open. */
  public synchronized void hangUp() {
    watchGeneration++;
    notifyAll();
  }

  private void event(String collection, String type, ObjectNode object) {
    events.add(new Event(version, collection, type, object.deepCopy()));
    notifyAll();
  }

  private TreeMap<String, ObjectNode> objects(String collection) {
    return Optional.ofNullable(collections.get(collection))
        .orElseThrow(() -> new IllegalArgumentException("not served: " + collection));
  }

  private static String nameOf(JsonNode metadata) {
    String namespace = metadata.path("namespace").stringValue("");
    return (namespace.isEmpty() ? "" : namespace + "/") + metadata.path("name").stringValue("");
  }

  // ---------------------------------------------------------------------------------- requests

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Request request =
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              query(exchange.getRequestURI().getRawQuery()),
              body);
      requests.add(request);
      Optional<Fault> fault = faults.apply(request);
      if (fault.isPresent()) {
        fault.get().headers().forEach(exchange.getResponseHeaders()::set);
        send(exchange, fault.get().code(), status(fault.get().code(), "as the test wants it"));
      } else if (answers.apply(request).isPresent()) {
        send(exchange, 201, answers.apply(request).get());
      } else if (request.watch()) {
        watch(exchange, request);
      } else {
        FakeRequests.Answer answer = new FakeRequests(this).answer(request);
        send(exchange, answer.code(), answer.body());
      }
    } catch (UncheckedIOException e) {
      // The other side went.
    }
  }

  private static Map<String, String> query(String raw) {
    return raw == null
        ? Map.of()
        : java.util.Arrays.stream(raw.split("&"))
            .map(part -> part.split("=", 2))
            .collect(
                Collectors.toMap(
                    part -> part[0], part -> URLDecoder.decode(part[1], StandardCharsets.UTF_8)));
  }

  private static void send(HttpExchange exchange, int code, JsonNode body) throws IOException {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static ObjectNode status(int code, String message) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", "Status")
        .put("apiVersion", "v1")
        .put("code", code)
        .put("message", message);
  }

  private void watch(HttpExchange exchange, Request request) throws IOException {
    long from = Long.parseLong(request.query().getOrDefault("resourceVersion", "0"));
    int generation;
    synchronized (this) {
      generation = watchGeneration;
      if (!collections.containsKey(request.path())) {
        send(exchange, 404, status(404, "not found"));
        return;
      }
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    while (true) {
      List<Event> next = next(request.path(), request.query(), from, generation);
      if (next.isEmpty()) {
        return;
      }
      for (Event event : next) {
        from = event.version();
        ObjectNode line = JSON.createObjectNode().put("type", event.type());
        line.set("object", event.object());
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        if (event.type().equals("ERROR")) {
          return;
        }
      }
      out.flush();
    }
  }

  private synchronized List<Event> next(
      String collection, Map<String, String> query, long from, int generation) {
    try {
      while (generation == watchGeneration) {
        if (from < oldest) {
          return List.of(new Event(from, collection, "ERROR", status(410, "too old")));
        }
        List<Event> next =
            since(from).stream()
                .filter(event -> event.collection().equals(collection))
                .filter(event -> FakeRequests.selected(event.object(), query))
                .toList();
        if (!next.isEmpty()) {
          return next;
        }
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  /** The events after a version; there are many, and versions only grow. */
  private List<Event> since(long from) {
    int low = 0;
    int high = events.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events.get(middle).version() > from) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return events.subList(low, events.size());
  }

  /** Works on the collections while nobody else does. */
  synchronized <T> T locked(Function<Map<String, TreeMap<String, ObjectNode>>, T> work) {
    return work.apply(collections);
  }

  synchronized long version() {
    return version;
  }

  synchronized ObjectNode store(String collection, ObjectNode object) {
    return put(collection, object);
  }

  /** Whether a manager may apply data: those of another one are changed by force only. */
  synchronized boolean mayApply(
      String object, Optional<ObjectNode> found, JsonNode next, Map<String, String> query) {
    String manager = query.getOrDefault("fieldManager", "");
    boolean differs = found.filter(now -> !now.path("data").equals(next.path("data"))).isPresent();
    boolean others = !managers.getOrDefault(object, manager).equals(manager);
    if (differs && others && !query.containsKey("force")) {
      return false;
    }
    managers.put(object, manager);
    return true;
  }

  @Override
  public void close() {
    hangUp();
    server.stop(0);
    threads.shutdownNow();
  }
}
