package dev.marrow.ztunnel.capture;

/**
 * Where the announcements stand.
 *
 * @param synced the agent has named all pods on the present connection
 * @param active pods that are served
 * @param pending pods whose start failed so far
 */
public record ZdsStatus(boolean connected, boolean synced, int active, int pending) {
  static final ZdsStatus UNCONNECTED = new ZdsStatus(false, false, 0, 0);

  /** Every pod of the node is served, as far as the agent told. */
  public boolean ready() {
    return connected && synced && pending == 0;
  }

  @Override
  public String toString() {
    if (!connected) {
      return "not connected to the node agent";
    }
    if (!synced) {
      return "waiting for the node agent's snapshot";
    }
    return pending == 0
        ? "%d pods served".formatted(active)
        : "%d pods served, %d could not be started".formatted(active, pending);
  }
}
