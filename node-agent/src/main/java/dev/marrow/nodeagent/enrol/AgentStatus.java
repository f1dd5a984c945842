package dev.marrow.nodeagent.enrol;

import dev.marrow.linux.FileIdentity;
import java.util.Map;

/**
 * What the agent has achieved.
 *
 * @param settled everything was looked at once since the start
 * @param in uids of the enrolled pods, with the network namespaces in which they are
 * @param waiting pods that could not be enrolled yet, with the reason
 * @param problems files that could not be read
 */
public record AgentStatus(
    boolean settled,
    int proxies,
    Map<String, FileIdentity> in,
    int leaving,
    Map<String, String> waiting,
    int problems,
    long rounds) {
  static final AgentStatus STARTING = new AgentStatus(false, 0, Map.of(), 0, Map.of(), 0, 0);

  public AgentStatus {
    in = Map.copyOf(in);
    waiting = Map.copyOf(waiting);
  }

  public int enrolled() {
    return in.size();
  }
}
