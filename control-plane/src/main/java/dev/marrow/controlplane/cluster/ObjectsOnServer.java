package dev.marrow.controlplane.cluster;

import dev.marrow.controlplane.cluster.WorkQueue.Work.Result;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.deploy.Applier;
import dev.marrow.controlplane.deploy.GeneratedObject;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Keeps generated objects on an API server as they should be, while we lead: by server-side apply,
 * so that fields which others own (replicas under an autoscaler) stay theirs. Follows what is
 * there: what somebody deletes or changes is repaired, what an earlier run left behind goes.
 * Thread-safe.
 */
public final class ObjectsOnServer implements Applier, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ObjectsOnServer.class);
  private static final int WORKERS = 2;

  private final ApiServer server;
  private final ResourceSource made;
  private final String revision;
  private final Predicate<KubeObject> spared;
  private final KeptReplicas replicas;
  private final Map<ObjectKey, JsonNode> wanted = new ConcurrentHashMap<>();
  private final WorkQueue<ObjectKey> queue;
  private ResourceSnapshot seen = ResourceSnapshot.empty();
  private volatile boolean complete;

  /**
   * Applies to {@code server}.
   *
   * @param made what of ours is there, of this and of other revisions
   * @param revision ours
   * @param spared what stays although nobody wants it
   */
  public ObjectsOnServer(
      ApiServer server,
      ResourceSource made,
      Leadership leadership,
      String revision,
      Predicate<KubeObject> spared) {
    this.server = server;
    this.made = made;
    this.revision = revision;
    this.spared = spared;
    this.replicas = new KeptReplicas(server, StatusOnServer.MANAGER);
    this.queue = new WorkQueue<>("deploy", WORKERS, leadership::leading, this::work);
    made.onChange(this::follow);
    leadership.onGained(this::addAll);
  }

  @Override
  public void apply(Collection<GeneratedObject> put, Collection<ObjectKey> removed) {
    List<ObjectKey> news = put.stream().filter(this::differs).map(GeneratedObject::key).toList();
    removed.forEach(wanted::remove);
    if (complete) {
      queue.addAll(news);
      queue.addAll(removed);
    } else {
      complete = true;
      addAll();
    }
  }

  /** Makes sure of everything again, whatever was heard of it. */
  public void repair() {
    addAll();
  }

  /** Classes are not among what we follow, so each of them is looked at. */
  private boolean differs(GeneratedObject object) {
    Optional<JsonNode> before = Optional.ofNullable(wanted.put(object.key(), object.content()));
    return object.key().kind().equals("GatewayClass")
        || before.filter(object.content()::equals).isEmpty();
  }

  private void addAll() {
    if (complete) {
      queue.addAll(List.copyOf(wanted.keySet()));
      made.snapshot()
          .kinds()
          .forEach(kind -> made.snapshot().all(kind).forEach(object -> queue.add(object.key())));
    }
  }

  /**
   * Works again on what changed on the server; if it was us, nothing differs and nothing happens.
   */
  private synchronized void follow() {
    ResourceSnapshot now = made.snapshot();
    if (complete) {
      queue.addAll(now.changedSince(seen));
    }
    seen = now;
  }

  private Result work(ObjectKey key) throws IOException, InterruptedException {
    Optional<JsonNode> content = Optional.ofNullable(wanted.get(key));
    return content.isPresent() ? apply(key, content.get()) : remove(key);
  }

  private Result apply(ObjectKey key, JsonNode content) throws IOException, InterruptedException {
    replicas.keep(key, content);
    Reply reply = server.apply(ObjectPaths.of(key), StatusOnServer.MANAGER, content);
    if (reply.ok()) {
      log.debug("{} applied", key);
      return new Result.Done();
    }
    return new Result.Failed(reply.reason(), reply.retryAfter());
  }

  private Result remove(ObjectKey key) throws IOException, InterruptedException {
    boolean ours =
        made.snapshot()
            .get(key)
            .filter(object -> object.labels().getOrDefault(Labels.REVISION, "").equals(revision))
            .filter(Predicate.not(spared))
            .isPresent();
    // Classes stay: others' Gateways may name them, and a cluster may have two of us.
    if (!ours || key.kind().equals("GatewayClass") || key.kind().equals("ConfigMap")) {
      return new Result.Done();
    }
    Reply reply = server.delete(ObjectPaths.of(key));
    if (reply.ok() || reply.notFound()) {
      log.info("{} removed", key);
      return new Result.Done();
    }
    return new Result.Failed(reply.reason(), reply.retryAfter());
  }

  /** How many objects are not as they should be yet. */
  public int waiting() {
    return queue.size();
  }

  @Override
  public void close() {
    queue.close();
  }
}
