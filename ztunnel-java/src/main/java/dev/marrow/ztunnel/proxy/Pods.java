package dev.marrow.ztunnel.proxy;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that run in this process, also those that are leaving. Tells them of changes of the
 * mesh and of certificates, and keeps only the certificates of those that are here. Thread-safe.
 */
public final class Pods {
  private static final long ANSWER_MILLIS = 1000;

  private final Node node;
  private final Map<PodProxy, String> proxies = new ConcurrentHashMap<>();

  /** Whose certificates they have: when a proxy ends, the mesh may not know its pod any more. */
  private final Map<PodProxy, SpiffeId> identities = new ConcurrentHashMap<>();

  public Pods(Node node) {
    this.node = node;
    node.mesh().onChange(this::changed);
    node.identities().certificates().onRenewed(c -> renewed(c.id()));
  }

  /** Looks after {@code proxy} until it has ended; {@code uid} is for the dump. */
  public void add(String uid, PodProxy proxy) {
    proxies.put(proxy, uid);
    // It listens already: nobody told it what changed since.
    proxy.lookAgain();
    proxy.workload().ifPresent(own -> prefetch(proxy, own));
    proxy.ended().thenRun(() -> remove(proxy));
  }

  private void remove(PodProxy proxy) {
    proxies.remove(proxy);
    forget(identities.remove(proxy));
  }

  private void forget(@Nullable SpiffeId identity) {
    if (identity != null && !identities.containsValue(identity)) {
      node.identities().certificates().forget(identity);
    }
  }

  private void changed(MeshChange change) {
    for (PodProxy proxy : proxies.keySet()) {
      proxy.viewChanged(change);
      proxy
          .name()
          .in(change.after())
          .filter(own -> !own.identity().equals(identities.get(proxy)))
          .ifPresent(own -> prefetch(proxy, own));
    }
  }

  /** So that the pod's first connection does not wait for it. */
  private void prefetch(PodProxy proxy, Workload workload) {
    forget(identities.put(proxy, workload.identity()));
    if (!proxies.containsKey(proxy)) {
      // It ended meanwhile, and nobody would take it out again.
      identities.remove(proxy);
      return;
    }
    node.identities()
        .certificates()
        .certificate(workload.identity())
        .exceptionally(e -> {
          // A pod that is gone already needs none.
          if (!proxies.isEmpty()) {
            node.reporting()
                .log()
                .warn(
                    "failed to prefetch certificate",
                    "identity",
                    workload.identity().toString(),
                    "error",
                    String.valueOf(e.getMessage()));
          }
          throw new java.util.concurrent.CompletionException(e);
        });
  }

  private void renewed(SpiffeId identity) {
    proxies.keySet().forEach(p -> p.renewed(identity));
  }

  /** Who may be trusted has changed: what is open with somebody who is not, ends. */
  public void judgePeers() {
    proxies.keySet().forEach(PodProxy::judgePeers);
  }

  public int size() {
    return proxies.size();
  }

  /** Adds what open connections counted to the metrics; waits for it, for a second at most. */
  public void flush() {
    waitFor(
        CompletableFuture.allOf(
            proxies.keySet().stream().map(PodProxy::flush).toArray(CompletableFuture[]::new)));
  }

  private static void waitFor(CompletableFuture<?> all) {
    try {
      all.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      // A loop that is busy or gone: what it counted shows up next time.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One proxy in the dump. */
  public record Dump(String uid, PodName name, boolean known, List<Connection> connections) {}

  /** One connection in the dump. */
  public record Connection(
      boolean inbound,
      String source,
      String originalDestination,
      String actualDestination,
      String protocol) {}

  /** What runs now; waits for the event loops, for a second at most each. */
  public List<Dump> dump() {
    var all = new ArrayList<Dump>();
    proxies.forEach((proxy, uid) -> {
      var open = proxy.open();
      waitFor(open);
      all.add(
          new Dump(
              uid,
              proxy.name(),
              proxy.workload().isPresent(),
              open.getNow(List.of()).stream().map(Pods::shown).toList()));
    });
    return all;
  }

  private static Connection shown(Tracked.Open open) {
    return new Connection(
        open.inbound(),
        open.source(),
        open.originalDestination(),
        open.actualDestination(),
        open.protocol());
  }

  /** Drains all proxies; after {@code grace} what is left is cut. Returns when nothing is left. */
  public void drain(Duration grace) {
    List<PodProxy> running = List.copyOf(proxies.keySet());
    CompletableFuture<?>[] ends =
        running.stream().map(p -> p.drain(grace)).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      running.forEach(PodProxy::stop);
      waitFor(CompletableFuture.allOf(ends));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
