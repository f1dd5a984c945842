package dev.marrow.nodeagent.enrol;

import java.util.Map;

/**
 * What the agent has achieved.
 *
 * @param settled everything was looked at once since the start
 * @param waiting pods that could not be enrolled yet, with the reason
 * @param problems files that could not be read
 */
public record AgentStatus(
    boolean settled,
    int proxies,
    int enrolled,
    int leaving,
    Map<String, String> waiting,
    int problems,
    long rounds) {
  static final AgentStatus STARTING = new AgentStatus(false, 0, 0, 0, Map.of(), 0, 0);

  public AgentStatus {
    waiting = Map.copyOf(waiting);
  }
}
