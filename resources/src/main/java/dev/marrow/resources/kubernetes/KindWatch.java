package dev.marrow.resources.kubernetes;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows the objects of one kind: lists them page by page, then watches from there on. Whatever
 * goes wrong, what is known stays, and the next attempt goes on from the last place that is sure.
 * Confined to the thread that follows, except {@link #hangUpIfSilent}.
 */
final class KindWatch {
  private static final Logger log = LoggerFactory.getLogger(KindWatch.class);

  /** What came of an attempt. */
  sealed interface Outcome {
    /** All that there is now is known. */
    record Current() implements Outcome {}

    /** The server does not have the kind. */
    record Absent() implements Outcome {}

    /**
     * It did not work.
     *
     * @param word for metrics
     * @param pause that the server asked for
     */
    record Failed(String word, String detail, Duration pause) implements Outcome {}
  }

  /** Where objects go. */
  interface Sink {
    void accept(List<KubeObject> put, List<ObjectKey> removed);
  }

  /** Where a watch goes on from. */
  private record Place(String version, String resourceVersion) {}

  private final ApiServer server;
  private final WatchedKind kind;
  private final Patience patience;
  private final Sink sink;
  private final Trimming trimming;
  private final Set<ObjectKey> known = new HashSet<>();
  private final Origin origin;
  private Optional<Place> place = Optional.empty();
  private int heard;
  private volatile @Nullable InputStream open;
  private volatile long heardAt;
  private volatile boolean silent;

  KindWatch(ApiServer server, WatchedKind kind, Patience patience, Sink sink, Trimming trimming) {
    this.server = server;
    this.kind = kind;
    this.patience = patience;
    this.sink = sink;
    this.trimming = trimming;
    this.origin = new Origin(server.address() + kind.path(kind.versions().getFirst()), 0);
  }

  /** Lists, if no place is sure, or else watches until the server ends it or something breaks. */
  Outcome attempt() throws InterruptedException {
    heard = 0;
    try {
      return place.isPresent() ? watch(place.get()) : list();
    } catch (IOException | JacksonException e) {
      String word = silent ? "silent" : e instanceof IOException ? "unreachable" : "malformed";
      return new Outcome.Failed(word, String.valueOf(e.getMessage()), Duration.ZERO);
    }
  }

  /** How many events the last attempt brought. */
  int heard() {
    return heard;
  }

  int known() {
    return known.size();
  }

  boolean watching() {
    return place.isPresent();
  }

  Origin origin() {
    return origin;
  }

  private Outcome list() throws IOException, InterruptedException {
    for (String version : kind.versions()) {
      Reply reply = page(version, "");
      if (!reply.notFound()) {
        return pages(version, reply);
      }
    }
    return absent();
  }

  private Reply page(String version, String from) throws IOException, InterruptedException {
    return server.get(
        kind.path(version)
            + ApiServer.query(
                Map.of(
                    "limit", String.valueOf(patience.page()),
                    "continue", from,
                    "labelSelector", kind.labelSelector(),
                    "fieldSelector", kind.fieldSelector())),
        kind.accept("PartialObjectMetadataList"));
  }

  private Outcome pages(String version, Reply first) throws IOException, InterruptedException {
    Reply reply = first;
    Set<ObjectKey> seen = new HashSet<>();
    while (reply.ok()) {
      List<KubeObject> objects = new ArrayList<>();
      for (JsonNode item : reply.body().path("items")) {
        read(version, item).ifPresent(objects::add);
      }
      objects.forEach(object -> seen.add(object.key()));
      known.addAll(seen);
      sink.accept(objects, List.of());
      String more = reply.body().path("metadata").path("continue").stringValue("");
      if (more.isEmpty()) {
        sink.accept(List.of(), known.stream().filter(key -> !seen.contains(key)).toList());
        known.retainAll(seen);
        place = Optional.of(new Place(version, resourceVersion(reply.body())));
        return new Outcome.Current();
      }
      reply = page(version, more);
    }
    return refused(reply);
  }

  private Outcome absent() throws IOException, InterruptedException {
    if (!known.isEmpty()) {
      // A server that is starting may not serve all kinds yet: the definition must be gone as well.
      Reply definition =
          server.get(
              "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/%s.%s"
                  .formatted(kind.plural(), kind.group()));
      if (kind.group().isEmpty() || !definition.notFound()) {
        return new Outcome.Failed("http_404", "not served at the moment", Duration.ZERO);
      }
      log.warn("{}: no longer known to {}; all of them are gone", kind, server.address());
      sink.accept(List.of(), List.copyOf(known));
      known.clear();
    }
    return new Outcome.Absent();
  }

  private Outcome refused(Reply reply) {
    if (reply.gone() || reply.notFound()) {
      place = Optional.empty();
    }
    String word = reply.gone() ? "gone" : "http_" + reply.code();
    return new Outcome.Failed(word, reply.reason(), reply.retryAfter());
  }

  private Outcome watch(Place from) throws IOException, InterruptedException {
    silent = false;
    heardAt = System.nanoTime();
    String query =
        ApiServer.query(
            Map.of(
                "watch", "true",
                "allowWatchBookmarks", "true",
                "resourceVersion", from.resourceVersion(),
                "timeoutSeconds", String.valueOf(patience.life().toSeconds()),
                "labelSelector", kind.labelSelector(),
                "fieldSelector", kind.fieldSelector()));
    String accept = kind.accept("PartialObjectMetadata");
    return switch (server.open(kind.path(from.version()) + query, accept)) {
      case ApiServer.Opened.Refused(Reply reply) -> refused(reply);
      case ApiServer.Opened.Stream(InputStream events) -> events(from.version(), events);
    };
  }

  private Outcome events(String version, InputStream events) throws IOException {
    open = events;
    try (events;
        MappingIterator<JsonNode> each = ApiServer.EVENTS.readValues(events)) {
      while (each.hasNextValue()) {
        JsonNode event = each.nextValue();
        heardAt = System.nanoTime();
        JsonNode object = event.path("object");
        if (event.path("type").stringValue("").equals("ERROR")) {
          return refused(new Reply(object.path("code").asInt(500), object, Duration.ZERO));
        }
        follow(event.path("type").stringValue(""), version, object);
        place = Optional.of(new Place(version, resourceVersion(object)));
      }
      return new Outcome.Current();
    } finally {
      open = null;
    }
  }

  private void follow(String type, String version, JsonNode item) {
    if (type.equals("BOOKMARK")) {
      return;
    }
    heard++;
    Optional<KubeObject> read = read(version, item);
    if (read.isEmpty()) {
      return;
    }
    ObjectKey key = read.get().key();
    if (type.equals("DELETED")) {
      known.remove(key);
      sink.accept(List.of(), List.of(key));
    } else {
      known.add(key);
      sink.accept(List.of(read.get()), List.of());
    }
  }

  private Optional<KubeObject> read(String version, JsonNode item) {
    // The items of a list do not say what they are.
    if (!(item instanceof ObjectNode object)) {
      return Optional.empty();
    }
    object.put("apiVersion", kind.apiVersion(version)).put("kind", kind.kind());
    try {
      return Optional.of(trimming.read(object, origin));
    } catch (IllegalArgumentException e) {
      log.warn("{} not read: {}", kind, e.getMessage());
      return Optional.empty();
    }
  }

  private static String resourceVersion(JsonNode object) {
    return object.path("metadata").path("resourceVersion").stringValue("");
  }

  /** Ends a watch that has been silent for too long, on which its attempt fails. Any thread. */
  void hangUpIfSilent(long now) {
    InputStream events = open;
    if (events != null && now - heardAt > patience.quiet().toNanos()) {
      silent = true;
      close();
    }
  }

  /** Ends the watch that is open. Any thread. */
  void close() {
    InputStream events = open;
    if (events != null) {
      try {
        events.close();
      } catch (IOException e) {
        log.debug("{}: watch not closed", kind, e);
      }
    }
  }
}
