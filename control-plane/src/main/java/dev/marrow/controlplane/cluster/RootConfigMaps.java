package dev.marrow.controlplane.cluster;

import dev.marrow.controlplane.authority.Pem;
import dev.marrow.controlplane.cluster.WorkQueue.Work.Result;
import dev.marrow.identity.authority.Authority;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts the roots that are to be trusted into a ConfigMap of every namespace, while we lead: into
 * new namespaces at once, into all when the roots change, and again where somebody took them away.
 * A ConfigMap that belongs to another control plane stays as it is. Thread-safe.
 */
public final class RootConfigMaps implements AutoCloseable {
  static final String FILE = "root-cert.pem";
  private static final String INSTALLATION = "marrow.dev/installation";
  private static final Logger log = LoggerFactory.getLogger(RootConfigMaps.class);
  private static final int WORKERS = 2;
  private static final Duration SHOWN = Duration.ofSeconds(3);

  private final ApiServer server;
  private final ResourceSource objects;
  private final ResourceSource made;
  private final Authority authority;
  private final String name;
  private final String installation;
  private final WorkQueue<String> queue;
  private ResourceSnapshot seenObjects = ResourceSnapshot.empty();
  private ResourceSnapshot seenMade = ResourceSnapshot.empty();
  private String roots;

  /**
   * Writes to {@code server}.
   *
   * @param objects with the namespaces
   * @param made with the ConfigMaps named {@code name}
   * @param installation our namespace
   */
  public RootConfigMaps(
      ApiServer server,
      ResourceSource objects,
      ResourceSource made,
      Authority authority,
      String name,
      String installation,
      Leadership leadership) {
    this.server = server;
    this.objects = objects;
    this.made = made;
    this.authority = authority;
    this.name = name;
    this.installation = installation;
    this.roots = Pem.certificates(authority.roots());
    this.queue = new WorkQueue<>("roots", WORKERS, leadership::leading, this::work);
    objects.onChange(this::followNamespaces);
    made.onChange(this::followMaps);
    leadership.onGained(this::addAll);
  }

  /** The roots may have changed. */
  public synchronized void refresh() {
    String now = Pem.certificates(authority.roots());
    if (!now.equals(roots)) {
      roots = now;
      log.info("the roots to be trusted changed");
      addAll();
    }
  }

  private void addAll() {
    objects.snapshot().all("Namespace").forEach(namespace -> queue.add(namespace.name()));
  }

  private synchronized void followNamespaces() {
    ResourceSnapshot now = objects.snapshot();
    for (ObjectKey key : now.changedSince(seenObjects)) {
      if (key.kind().equals("Namespace") && now.get(key).isPresent()) {
        queue.add(key.name());
      }
    }
    seenObjects = now;
  }

  private synchronized void followMaps() {
    ResourceSnapshot now = made.snapshot();
    Set<String> namespaces = new LinkedHashSet<>();
    for (ObjectKey key : now.changedSince(seenMade)) {
      if (key.kind().equals("ConfigMap")) {
        namespaces.add(key.namespace());
      }
    }
    seenMade = now;
    queue.addAll(namespaces);
  }

  private synchronized String roots() {
    return roots;
  }

  private Result work(String namespace) throws IOException, InterruptedException {
    ObjectKey key = new ObjectKey("ConfigMap", namespace, name);
    String wanted = roots();
    boolean gone =
        objects.snapshot().get("Namespace", "", namespace).filter(n -> !n.deleting()).isEmpty();
    Optional<KubeObject> before = made.snapshot().get(key);
    if (gone || before.filter(map -> content(map).equals(wanted)).isPresent()) {
      return new Result.Done();
    }
    ObjectNode map = map(namespace, wanted);
    String manager = Claim.manager(installation);
    // Not by force: two control planes would take it from one another for ever.
    Reply reply =
        before.filter(this::leftBehind).isPresent()
            ? server.apply(ObjectPaths.of(key), manager, map)
            : server.applyUnlessOwned(ObjectPaths.of(key), manager, map);
    if (reply.ok()) {
      // The watch will show it, unless it is deleted before the watch could.
      return new Result.Unseen(SHOWN);
    }
    if (reply.notFound()) {
      return new Result.Done();
    }
    return new Result.Failed(reply.reason(), reply.retryAfter());
  }

  private ObjectNode map(String namespace, String wanted) {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    map.put("apiVersion", "v1").put("kind", "ConfigMap");
    ObjectNode metadata = map.putObject("metadata").put("name", name).put("namespace", namespace);
    metadata.putObject("labels").put("istio.io/config", "true");
    metadata.putObject("annotations").put(INSTALLATION, installation);
    map.putObject("data").put(FILE, wanted);
    return map;
  }

  /** Whether an installation of ours made it that is gone; nobody will ever change it again. */
  private boolean leftBehind(KubeObject map) {
    String owner = map.annotations().getOrDefault(INSTALLATION, installation);
    return !owner.equals(installation)
        && objects.snapshot().get("ServiceAccount", owner, Claim.ACCOUNT).isEmpty();
  }

  private static String content(KubeObject map) {
    return map.content().path("data").path(FILE).stringValue("");
  }

  @Override
  public void close() {
    queue.close();
  }
}
