package dev.marrow.nodeagent.kube;

import dev.marrow.nodeagent.api.ApiObjects;
import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.api.Collection;
import dev.marrow.nodeagent.api.CollectionWatch;
import dev.marrow.nodeagent.api.Follower;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Origin;
import dev.marrow.resources.Problem;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The pods of one node and all namespaces, as an API server has them; each pod with the place of
 * its network namespace as annotation {@value EnrolmentPlan#NETNS}, whatever a user has written
 * there.
 *
 * <p>Thread-safe: everything that changes is guarded by this object, the snapshot is one volatile
 * field. Until both kinds were listed once the snapshot has a problem, so that nobody takes for
 * gone what is only not known yet.
 */
public final class KubernetesPods implements ResourceSource {
  private static final Duration SEARCH = Duration.ofSeconds(1);

  private final ApiServer server;
  private final HostNamespaces namespaces;
  private final Origin origin;
  private final Map<ObjectKey, KubeObject> raw = new HashMap<>();
  private final Map<String, Sandbox> sandboxes = new HashMap<>();
  private final Set<String> listed = new HashSet<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> running = new ArrayList<>();
  private volatile ResourceSnapshot snapshot;

  private KubernetesPods(ApiServer server, HostNamespaces namespaces) {
    this.server = server;
    this.namespaces = namespaces;
    this.origin = new Origin(server.address().toString(), 0);
    this.snapshot = ResourceSnapshot.empty().with(List.of(), List.of(), unlisted());
  }

  /** Starts to watch. */
  static KubernetesPods of(ApiServer server, String node, HostNamespaces namespaces) {
    var pods = new KubernetesPods(server, namespaces);
    String own =
        "fieldSelector=" + URLEncoder.encode("spec.nodeName=" + node, StandardCharsets.UTF_8);
    pods.follow("Pod", new Collection("/api/v1/pods", own));
    pods.follow("Namespace", new Collection("/api/v1/namespaces", ""));
    Thread search = Thread.ofVirtual().name("sandboxes").start(pods::searchForEver);
    pods.running.add(search::interrupt);
    return pods;
  }

  private void follow(String kind, Collection collection) {
    running.add(CollectionWatch.start(server, collection, new Kind(kind)));
  }

  /** Puts what is heard about one kind into place. */
  private final class Kind implements Follower {
    private final String kind;

    Kind(String kind) {
      this.kind = kind;
    }

    @Override
    public void all(List<JsonNode> objects) {
      synchronized (KubernetesPods.this) {
        Set<ObjectKey> touched =
            raw.keySet().stream()
                .filter(key -> key.kind().equals(kind))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        raw.keySet().removeAll(touched);
        objects.forEach(object -> touched.add(put(object)));
        listed.add(kind);
        search();
        publish(touched);
      }
      tell();
    }

    @Override
    public void changed(JsonNode object) {
      synchronized (KubernetesPods.this) {
        KubeObject news = read(object);
        if (anotherHas(news) && held(news).createdAt().isAfter(news.createdAt())) {
          return;
        }
        publish(Set.of(put(object)));
      }
      tell();
    }

    @Override
    public void removed(JsonNode object) {
      synchronized (KubernetesPods.this) {
        KubeObject gone = read(object);
        sandboxes.remove(gone.uid());
        if (anotherHas(gone)) {
          return;
        }
        raw.remove(gone.key());
        publish(Set.of(gone.key()));
      }
      tell();
    }

    /** Of the beginning of a pod we may be told before the watch says how its namesake ended. */
    private boolean anotherHas(KubeObject name) {
      return !held(name).uid().equals(name.uid());
    }

    private KubeObject held(KubeObject name) {
      return raw.getOrDefault(name.key(), name);
    }

    private ObjectKey put(JsonNode object) {
      KubeObject read = read(object);
      raw.put(read.key(), read);
      return read.key();
    }

    private KubeObject read(JsonNode object) {
      return ApiObjects.read("v1", kind, object, origin);
    }
  }

  /**
   * A pod's network is there, before the API server can say so; the pod and its namespace as they
   * are now.
   */
  void begun(JsonNode pod, JsonNode namespace, Sandbox sandbox) {
    synchronized (this) {
      ObjectKey space = new Kind("Namespace").put(namespace);
      ObjectKey key = new Kind("Pod").put(pod);
      sandboxes.put(pod.path("metadata").path("uid").stringValue(""), sandbox);
      publish(Set.of(space, key));
    }
    tell();
  }

  private void searchForEver() {
    try {
      while (true) {
        Thread.sleep(SEARCH);
        Set<ObjectKey> found;
        synchronized (this) {
          found = search();
          publish(found);
        }
        if (!found.isEmpty()) {
          tell();
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks for namespaces of running pods that nobody told us; returns the pods that differ now. */
  private Set<ObjectKey> search() {
    Set<ObjectKey> touched = new LinkedHashSet<>();
    Map<String, ObjectKey> wanted = new HashMap<>();
    for (KubeObject pod : raw.values()) {
      if (!pod.key().kind().equals("Pod")) {
        continue;
      }
      Sandbox known = sandboxes.get(pod.uid());
      if (known != null && !Files.exists(known.netns())) {
        sandboxes.remove(pod.uid());
        touched.add(pod.key());
      }
      if (!sandboxes.containsKey(pod.uid()) && hasNetworkOfItsOwn(pod)) {
        wanted.put(pod.uid(), pod.key());
      }
    }
    namespaces
        .find(wanted.keySet())
        .forEach((uid, path) -> {
          sandboxes.put(uid, new Sandbox(path, List.of()));
          touched.add(wanted.getOrDefault(uid, new ObjectKey("Pod", "", uid)));
        });
    return touched;
  }

  private static boolean hasNetworkOfItsOwn(KubeObject pod) {
    return pod.status().path("phase").stringValue("").equals("Running")
        && !pod.spec().path("hostNetwork").asBoolean(false);
  }

  private void publish(Set<ObjectKey> touched) {
    List<KubeObject> changed = new ArrayList<>();
    List<ObjectKey> gone = new ArrayList<>();
    for (ObjectKey key : touched) {
      KubeObject object = raw.get(key);
      if (object == null) {
        gone.add(key);
      } else {
        changed.add(
            key.kind().equals("Pod") ? Placed.pod(object, sandboxes.get(object.uid())) : object);
      }
    }
    snapshot = snapshot.with(changed, gone, unlisted());
  }

  private List<Problem> unlisted() {
    return List.of("Namespace", "Pod").stream()
        .filter(kind -> !listed.contains(kind))
        .map(kind -> new Problem(origin, kind + ": not listed yet"))
        .toList();
  }

  private void tell() {
    listeners.forEach(Runnable::run);
  }

  @Override
  public ResourceSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    for (AutoCloseable each : running) {
      try {
        each.close();
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
    }
  }
}
