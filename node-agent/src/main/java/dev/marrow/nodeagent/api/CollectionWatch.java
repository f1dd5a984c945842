package dev.marrow.nodeagent.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows a collection for ever: lists it, then watches from there; lists again when the server has
 * forgotten where we were. While the server is away, what was heard last stays true.
 *
 * <p>Thread-safe. One virtual thread reads; a second one ends a watch that has gone silent.
 */
public final class CollectionWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CollectionWatch.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration ONE_WATCH = Duration.ofMinutes(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final ApiServer server;
  private final Collection collection;
  private final Follower follower;
  private final Pauses pauses;
  private final Thread thread;
  private volatile boolean closed;
  private Duration pause = FIRST_PAUSE;
  private String version = "";

  /** Passes the time between two attempts. */
  interface Pauses {
    void rest(Duration time) throws InterruptedException;
  }

  private CollectionWatch(
      ApiServer server, Collection collection, Follower follower, Pauses pauses) {
    this.server = server;
    this.collection = collection;
    this.follower = follower;
    this.pauses = pauses;
    this.thread = Thread.ofVirtual().name("watch " + collection).unstarted(this::run);
  }

  public static CollectionWatch start(ApiServer server, Collection collection, Follower follower) {
    return start(server, collection, follower, Thread::sleep);
  }

  static CollectionWatch start(
      ApiServer server, Collection collection, Follower follower, Pauses pauses) {
    var watch = new CollectionWatch(server, collection, follower, pauses);
    watch.thread.start();
    return watch;
  }

  private void run() {
    while (!closed) {
      try {
        if (version.isEmpty()) {
          list();
        }
        if (!watch()) {
          // A server, or what stands before it, that ends each watch is not asked without a break.
          rest("ended without an event");
        }
      } catch (ApiFailure refused) {
        version = refused.gone() ? "" : version;
        rest(refused.getMessage());
      } catch (IOException | RuntimeException failure) {
        rest(failure.getMessage());
      }
    }
  }

  private void list() throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    String from = "";
    JsonNode page;
    do {
      page = server.get(collection.list(from));
      page.path("items").forEach(objects::add);
      from = page.path("metadata").path("continue").stringValue("");
    } while (!from.isEmpty());
    follower.all(objects);
    version = page.path("metadata").path("resourceVersion").stringValue("");
  }

  /** Whether there was any event, at least that the server is still there. */
  private boolean watch() throws IOException {
    boolean any = false;
    try (InputStream in = server.stream(collection.watch(version, ONE_WATCH.toSeconds()));
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      Thread guard = Thread.ofVirtual().start(() -> endAfter(in, ONE_WATCH.plusSeconds(15)));
      try {
        for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
          pause = FIRST_PAUSE;
          any = true;
          event(JSON.readTree(line));
        }
      } catch (JacksonException unreadable) {
        throw new IOException(unreadable.getOriginalMessage(), unreadable);
      } finally {
        guard.interrupt();
      }
    }
    return any;
  }

  /** A peer that vanished without a word would be waited for without end. */
  private static void endAfter(InputStream in, Duration limit) {
    try {
      Thread.sleep(limit);
      in.close();
    } catch (InterruptedException done) {
      // The watch has ended by itself.
    } catch (IOException closed) {
      log.debug("closing a silent watch: {}", closed.getMessage());
    }
  }

  private void event(JsonNode event) throws ApiFailure {
    JsonNode object = event.path("object");
    switch (event.path("type").stringValue("")) {
      case "ADDED", "MODIFIED" -> follower.changed(object);
      case "DELETED" -> follower.removed(object);
      case "ERROR" ->
          throw new ApiFailure(
              "watch " + collection,
              object.path("code").asInt(410),
              object.path("message").stringValue("ended"));
      default -> {}
    }
    version = object.path("metadata").path("resourceVersion").stringValue(version);
  }

  private void rest(@Nullable String why) {
    if (closed) {
      return;
    }
    log.warn("watching {}: {} (again in {} ms)", collection, why, pause.toMillis());
    try {
      pauses.rest(pause);
    } catch (InterruptedException stop) {
      return;
    }
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
