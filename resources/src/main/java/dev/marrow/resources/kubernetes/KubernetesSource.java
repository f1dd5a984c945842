package dev.marrow.resources.kubernetes;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An API server as a source of objects. Each kind is listed page by page and then watched; kinds
 * that the server does not have are picked up when their definition appears. A server that is away,
 * slow, tired or forgetful costs time and never an object: the last good state stays, and the
 * failure is a {@link Problem} of the snapshot until it is over. Nothing is published before every
 * kind is complete.
 *
 * <p>Thread-safe: a virtual thread per kind reads, one publishes; the snapshot is one volatile
 * field. What is equal to what was known before is not published.
 */
public final class KubernetesSource implements ResourceSource {
  private static final Logger log = LoggerFactory.getLogger(KubernetesSource.class);
  private static final WatchedKind DEFINITIONS =
      WatchedKind.of(
              "CustomResourceDefinition", "apiextensions.k8s.io", "customresourcedefinitions", "v1")
          .onlyMetadata();

  private final Patience patience;
  private final List<Following> followings = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  // What came and was not published yet; guarded by this.
  private Map<ObjectKey, Optional<KubeObject>> waiting = new LinkedHashMap<>();
  private final Thread publisher =
      Thread.ofVirtual().name("kubernetes-source").unstarted(this::run);
  private volatile ResourceSnapshot snapshot = ResourceSnapshot.empty();

  private KubernetesSource(Patience patience) {
    this.patience = patience;
  }

  /** Starts to follow {@code kinds}; {@link #awaitComplete} waits for the first state. */
  public static KubernetesSource follow(
      ApiServer server, List<WatchedKind> kinds, WatchReport report) {
    return follow(server, kinds, report, Patience.standard(), RandomGenerator.getDefault());
  }

  /** The same with its settings. */
  public static KubernetesSource follow(
      ApiServer server,
      List<WatchedKind> kinds,
      WatchReport report,
      Patience patience,
      RandomGenerator random) {
    KubernetesSource source = new KubernetesSource(patience);
    Trimming trimming = new Trimming();
    for (WatchedKind kind : kinds) {
      KindWatch watch = new KindWatch(server, kind, patience, source::accept, trimming);
      source.followings.add(new Following(watch, kind, patience, report, random));
    }
    KindWatch definitions =
        new KindWatch(server, DEFINITIONS, patience, source::definitionsChanged, trimming);
    if (kinds.stream().anyMatch(kind -> kind.group().contains("."))) {
      source.followings.add(new Following(definitions, DEFINITIONS, patience, report, random));
    }
    source.followings.forEach(Following::start);
    source.publisher.start();
    return source;
  }

  @Override
  public ResourceSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Waits until all objects that there are are in the snapshot, however long that takes. */
  @Override
  public void awaitComplete() throws InterruptedException {
    for (Following following : followings) {
      while (!following.awaitComplete(Duration.ofSeconds(5))) {
        following.problem().ifPresent(problem -> log.info("waiting: {}", problem));
      }
    }
    publish();
  }

  private synchronized void accept(List<KubeObject> put, List<ObjectKey> removed) {
    put.forEach(object -> waiting.put(object.key(), Optional.of(object)));
    removed.forEach(key -> waiting.put(key, Optional.empty()));
    if (!put.isEmpty() || !removed.isEmpty()) {
      notifyAll();
    }
  }

  private void definitionsChanged(List<KubeObject> put, List<ObjectKey> removed) {
    if (!put.isEmpty()) {
      followings.forEach(Following::definitionsChanged);
    }
  }

  private void run() {
    try {
      awaitComplete();
      while (true) {
        awaitChange();
        long now = System.nanoTime();
        followings.forEach(following -> following.hangUpIfSilent(now));
        publish();
      }
    } catch (InterruptedException e) {
      log.debug("stopped");
    }
  }

  private synchronized void awaitChange() throws InterruptedException {
    if (waiting.isEmpty()) {
      // Problems come and go without an object that changes.
      wait(Math.min(1_000, Math.max(1, patience.quiet().toMillis() / 4)));
    }
  }

  private synchronized Map<ObjectKey, Optional<KubeObject>> take() {
    Map<ObjectKey, Optional<KubeObject>> taken = waiting;
    waiting = new LinkedHashMap<>();
    return taken;
  }

  private void publish() {
    if (publishIfChanged()) {
      listeners.forEach(Runnable::run);
    }
  }

  private synchronized boolean publishIfChanged() {
    ResourceSnapshot before = snapshot;
    List<KubeObject> changed = new ArrayList<>();
    List<ObjectKey> removed = new ArrayList<>();
    take()
        .forEach((key, object) -> {
          Optional<KubeObject> known = before.get(key);
          if (object.isEmpty()) {
            known.ifPresent(gone -> removed.add(key));
          } else if (!object.equals(known)) {
            changed.add(object.get());
          }
        });
    List<Problem> problems =
        followings.stream().map(Following::problem).flatMap(Optional::stream).sorted().toList();
    if (changed.isEmpty() && removed.isEmpty() && problems.equals(before.problems())) {
      return false;
    }
    snapshot = before.with(changed, removed, problems);
    return true;
  }

  @Override
  public void close() {
    publisher.interrupt();
    followings.forEach(Following::close);
  }
}
