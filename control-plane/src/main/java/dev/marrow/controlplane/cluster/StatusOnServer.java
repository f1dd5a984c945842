package dev.marrow.controlplane.cluster;

import dev.marrow.controlplane.cluster.WorkQueue.Work.Result;
import dev.marrow.controlplane.status.ObjectStatus;
import dev.marrow.controlplane.status.StatusWriter;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes statuses to an API server by server-side apply, while we lead. What an object says already
 * is not written again. Thread-safe.
 */
public final class StatusOnServer implements StatusWriter, AutoCloseable {
  static final String MANAGER = "marrow-control-plane";
  private static final Logger log = LoggerFactory.getLogger(StatusOnServer.class);
  private static final int WORKERS = 4;

  private final ApiServer server;
  private final Function<ObjectKey, Optional<KubeObject>> objects;
  private final Clock clock;
  private final Map<ObjectKey, JsonNode> wanted = new ConcurrentHashMap<>();
  // The object, as it was, whose status on the server was last seen to be as wanted.
  private final Map<ObjectKey, KubeObject> settled = new ConcurrentHashMap<>();
  private final WorkQueue<ObjectKey> queue;

  /**
   * Writes to {@code server}.
   *
   * @param objects as they are now
   */
  public StatusOnServer(
      ApiServer server,
      Function<ObjectKey, Optional<KubeObject>> objects,
      Leadership leadership,
      Clock clock) {
    this.server = server;
    this.objects = objects;
    this.clock = clock;
    this.queue = new WorkQueue<>("status", WORKERS, leadership::leading, this::write);
    leadership.onGained(() -> queue.addAll(List.copyOf(wanted.keySet())));
  }

  @Override
  public void write(Collection<ObjectStatus> put, Collection<ObjectKey> removed) {
    queue.addAll(put.stream().filter(this::news).map(ObjectStatus::key).toList());
    removed.forEach(wanted::remove);
    removed.forEach(settled::remove);
    queue.addAll(removed);
  }

  /** Whether a status differs, or is about another version of its object, than what is settled. */
  private boolean news(ObjectStatus status) {
    Optional<JsonNode> before = Optional.ofNullable(wanted.put(status.key(), status.status()));
    Optional<KubeObject> then = Optional.ofNullable(settled.get(status.key()));
    return before.filter(status.status()::equals).isEmpty()
        || then.isEmpty()
        || objects.apply(status.key()).filter(now -> now == then.get()).isEmpty();
  }

  @Override
  public void problems(List<Problem> problems) {
    problems.forEach(problem -> log.warn("{}", problem));
  }

  /** How many statuses are not written yet. */
  public int waiting() {
    return queue.size();
  }

  private Result write(ObjectKey key) throws IOException, InterruptedException {
    Optional<KubeObject> object = objects.apply(key);
    if (object.isEmpty() || !ObjectPaths.known(key.kind())) {
      settled.remove(key);
      return new Result.Done();
    }
    String path = ObjectPaths.of(key, object.get().apiVersion());
    Reply found = server.get(path);
    if (found.notFound()) {
      return new Result.Done();
    }
    if (!found.ok()) {
      return new Result.Failed(found.reason(), found.retryAfter());
    }
    JsonNode live = found.body().path("status");
    JsonNode wish = wanted.getOrDefault(key, MissingNode.getInstance());
    ObjectNode composed = StatusShape.compose(key.kind(), live, wish, clock.instant());
    if (StatusShape.said(key.kind(), live, composed)) {
      settled.put(key, object.get());
      return new Result.Done();
    }
    return apply(key, object.get().apiVersion(), path, found.body(), composed);
  }

  private Result apply(
      ObjectKey key, String apiVersion, String path, JsonNode live, ObjectNode status)
      throws IOException, InterruptedException {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.put("apiVersion", apiVersion).put("kind", key.kind());
    ObjectNode metadata = patch.putObject("metadata").put("name", key.name());
    if (!key.namespace().isEmpty()) {
      metadata.put("namespace", key.namespace());
    }
    // Entries of others were carried over: they must be the newest.
    metadata.set("resourceVersion", live.path("metadata").path("resourceVersion"));
    patch.set("status", status);
    Reply reply = server.apply(path + "/status", MANAGER, patch);
    if (reply.ok() || reply.notFound()) {
      return new Result.Done();
    }
    return new Result.Failed(reply.reason(), reply.retryAfter());
  }

  @Override
  public void close() {
    queue.close();
  }
}
