package dev.marrow.waypoint.upstream;

import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.waypoint.destination.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Since when which workloads of a service have been there. Those that were there when we first
 * looked are not new. Confined to its event loop.
 */
final class Newcomers {
  private static final Duration LONG_AGO = Duration.ofDays(365);

  private Map<String, Long> since = new HashMap<>();
  private @Nullable List<List<Endpoint>> seen;

  /** Looks who is there; the lists are compared by identity. */
  void look(List<List<Endpoint>> tiers, long nowNanos) {
    List<List<Endpoint>> before = seen;
    if (before != null && same(before, tiers)) {
      return;
    }
    long begun = before == null ? nowNanos - LONG_AGO.toNanos() : nowNanos;
    Map<String, Long> now = new HashMap<>();
    for (List<Endpoint> tier : tiers) {
      for (Endpoint endpoint : tier) {
        String uid = endpoint.workload().uid();
        now.put(uid, since.getOrDefault(uid, begun));
      }
    }
    since = now;
    seen = new ArrayList<>(tiers);
  }

  private static boolean same(List<List<Endpoint>> before, List<List<Endpoint>> now) {
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      if (before.get(i) != now.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Its share of what it will get later, from 0 to 1. */
  double share(Endpoint endpoint, Traffic.Warmup warmup, long nowNanos) {
    Long from = since.get(endpoint.workload().uid());
    return from == null ? 1 : warmup.share(Duration.ofNanos(nowNanos - from));
  }
}
