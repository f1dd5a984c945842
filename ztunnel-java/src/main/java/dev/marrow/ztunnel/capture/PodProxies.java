package dev.marrow.ztunnel.capture;

import dev.marrow.linux.Netns;

/**
 * The proxies of this node's pods, one each. Called from one thread, the one that reads the node
 * agent's announcements; the agent waits meanwhile, so both calls take milliseconds.
 */
public interface PodProxies {
  /**
   * Opens the listeners of a pod and returns when they accept connections. If {@link Start.Started}
   * is returned, {@code netns} belongs to the proxy, which closes it when it has ended; else it
   * stays the caller's and nothing may be left open. There is no running proxy of {@code uid}.
   */
  Start start(PodUid uid, PodWorkload workload, Netns netns);

  /**
   * Closes the listeners of a pod before returning; what is open drains on its own. {@code uid} may
   * be started again at once.
   */
  void stop(PodUid uid);

  /** How a start ended. */
  sealed interface Start {
    record Started() implements Start {}

    /** Tried again every few seconds, until it works or the pod is deleted. */
    record Failed(String reason) implements Start {}
  }
}
