package dev.marrow.nodeagent.admin;

import dev.marrow.nodeagent.enrol.AgentStatus;

/** The agent's status in Prometheus' text format. Pure. */
final class Metrics {
  private Metrics() {}

  static String text(AgentStatus status) {
    return """
    # HELP marrow_node_agent_pods Pods of this node by how far they are.
    # TYPE marrow_node_agent_pods gauge
    marrow_node_agent_pods{state="enrolled"} %d
    marrow_node_agent_pods{state="waiting"} %d
    marrow_node_agent_pods{state="leaving"} %d
    # HELP marrow_node_agent_proxies Node proxies that are connected.
    # TYPE marrow_node_agent_proxies gauge
    marrow_node_agent_proxies %d
    # HELP marrow_node_agent_config_problems Configuration that could not be read.
    # TYPE marrow_node_agent_config_problems gauge
    marrow_node_agent_config_problems %d
    # HELP marrow_node_agent_rounds_total How often the node was compared with what it is to be.
    # TYPE marrow_node_agent_rounds_total counter
    marrow_node_agent_rounds_total %d
    """
        .formatted(
            status.enrolled(),
            status.waiting().size(),
            status.leaving(),
            status.proxies(),
            status.problems(),
            status.rounds());
  }
}
