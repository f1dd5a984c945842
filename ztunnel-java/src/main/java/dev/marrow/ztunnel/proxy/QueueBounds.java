package dev.marrow.ztunnel.proxy;

import dev.marrow.http.ByteBudget;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many bytes connections may hold in memory: those of one identity, and all together. Every
 * event loop has an equal share of both. Thread-safe; a budget is confined to its loop.
 */
final class QueueBounds {
  private final ProxyRules.Queues perLoop;
  private final Counters counters;
  private final Map<EventLoop, Share> shares = new ConcurrentHashMap<>();

  private record Share(ByteBudget all, Map<String, ByteBudget> identities) {}

  QueueBounds(ProxyRules.Queues perLoop, Counters counters) {
    this.perLoop = perLoop;
    this.counters = counters;
  }

  /** The budget of the pod's identity on {@code loop}; pods of one account share it. */
  ByteBudget of(EventLoop loop, PodName pod) {
    Share share = shares.computeIfAbsent(loop, l -> share());
    String account = pod.namespace() + "/" + pod.serviceAccount();
    return share
        .identities()
        .computeIfAbsent(
            account, a -> share.all().part(perLoop.identity(), counters.queuePauses()::increment));
  }

  private Share share() {
    return new Share(
        ByteBudget.of(perLoop.all(), counters.queuePauses()::increment), new ConcurrentHashMap<>());
  }

  /** Bytes held now, about. */
  long held() {
    return shares.values().stream().mapToLong(s -> s.all().held()).sum();
  }
}
