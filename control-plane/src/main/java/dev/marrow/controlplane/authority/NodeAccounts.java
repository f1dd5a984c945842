package dev.marrow.controlplane.authority;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which accounts run pods on which node. Thread-safe: all state under its monitor. */
public final class NodeAccounts {
  private record Runs(String node, String account) {}

  private final Map<ObjectKey, Runs> pods = new HashMap<>();
  private final Map<Runs, Integer> counts = new HashMap<>();

  /** Follows the pods among {@code changed}. */
  public synchronized void follow(ResourceSnapshot now, Collection<ObjectKey> changed) {
    for (ObjectKey key : changed) {
      if (key.kind().equals("Pod")) {
        Optional.ofNullable(pods.remove(key)).ifPresent(this::leave);
        now.get(key).flatMap(NodeAccounts::runs).ifPresent(runs -> enter(key, runs));
      }
    }
    notifyAll();
  }

  private void enter(ObjectKey pod, Runs runs) {
    pods.put(pod, runs);
    counts.merge(runs, 1, Integer::sum);
  }

  private void leave(Runs runs) {
    counts.computeIfPresent(runs, (key, count) -> count > 1 ? count - 1 : null);
  }

  private static Optional<Runs> runs(KubeObject pod) {
    String node = pod.spec().path("nodeName").stringValue("");
    String phase = pod.status().path("phase").stringValue("");
    String account = pod.spec().path("serviceAccountName").stringValue("");
    return node.isEmpty() || phase.equals("Succeeded") || phase.equals("Failed")
        ? Optional.empty()
        : Optional.of(
            new Runs(node, pod.namespace() + "/" + (account.isEmpty() ? "default" : account)));
  }

  /**
   * Whether a pod of {@code account} runs on {@code node}. A node proxy may hear of a new pod
   * before we do, so a no is only given after {@code patience}.
   */
  public synchronized boolean runs(String node, String account, Duration patience)
      throws InterruptedException {
    Runs wanted = new Runs(node, account);
    long end = System.nanoTime() + patience.toNanos();
    while (!counts.containsKey(wanted)) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
