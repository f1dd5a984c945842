package dev.marrow.ztunnel.capture;

import dev.marrow.linux.FileIdentity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which pods this proxy serves, and what an announcement changes about it: the ZDS state machine.
 * Decides, does nothing. Confined to the thread that reads announcements.
 *
 * <p>Within one connection the agent first names every pod (add, keep), then says that it has named
 * all, then reports changes (add, del).
 */
final class PodBook {
  /** What to do about an announcement. All but a violation are then acknowledged. */
  sealed interface Step {
    /** {@code stopFirst} if an older proxy of this pod runs in another network namespace. */
    record StartPod(PodUid uid, PodWorkload workload, boolean stopFirst) implements Step {}

    record StopPods(List<PodUid> uids) implements Step {}

    record Nothing() implements Step {}

    record Violation(String reason) implements Step {}
  }

  private record Entry(FileIdentity netns, PodWorkload workload, boolean running) {
    Entry withRunning(boolean now) {
      return new Entry(netns, workload, now);
    }
  }

  private final Map<PodUid, Entry> entries = new HashMap<>();
  private final Set<PodUid> named = new HashSet<>();
  private boolean complete;

  /** A connection begins: everything will be named again. */
  void connected() {
    named.clear();
    complete = false;
  }

  /** A connection ended. Proxies go on serving. */
  void disconnected() {
    complete = false;
  }

  Step add(PodUid uid, PodWorkload workload, FileIdentity netns) {
    named.add(uid);
    Entry known = entries.get(uid);
    if (known != null && known.running() && known.netns().equals(netns)) {
      return new Step.Nothing();
    }
    entries.put(uid, new Entry(netns, workload, false));
    return new Step.StartPod(uid, workload, known != null && known.running());
  }

  Step keep(PodUid uid) {
    if (complete) {
      return new Step.Violation("keep of %s after the snapshot".formatted(uid));
    }
    named.add(uid);
    return new Step.Nothing();
  }

  Step del(PodUid uid) {
    named.remove(uid);
    Entry known = entries.remove(uid);
    return known == null ? new Step.Nothing() : new Step.StopPods(List.of(uid));
  }

  Step snapshotSent() {
    if (complete) {
      return new Step.Violation("a second snapshot_sent");
    }
    complete = true;
    List<PodUid> gone = entries.keySet().stream().filter(uid -> !named.contains(uid)).toList();
    gone.forEach(entries::remove);
    return gone.isEmpty() ? new Step.Nothing() : new Step.StopPods(gone);
  }

  void started(PodUid uid) {
    entries.computeIfPresent(uid, (same, entry) -> entry.withRunning(true));
  }

  /** Pods whose start failed and is to be tried again. */
  Map<PodUid, PodWorkload> pending() {
    var pending = new HashMap<PodUid, PodWorkload>();
    entries.forEach((uid, entry) -> {
      if (!entry.running()) {
        pending.put(uid, entry.workload());
      }
    });
    return pending;
  }

  ZdsStatus status(boolean connected) {
    int waiting = pending().size();
    return new ZdsStatus(connected, complete, entries.size() - waiting, waiting);
  }
}
