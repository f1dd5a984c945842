package dev.marrow.cli.command;

import dev.marrow.cli.cluster.Questions;
import dev.marrow.cli.local.NodeAdmin;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What proxies know, from their admin pages: through their network namespaces on this machine, from
 * inside their pods on a cluster, as nobody else is answered there. Thread-safe.
 */
record ProxyDumps(MeshSettings settings) {
  private static final String PAGE = "http://127.0.0.1:15000/config_dump";
  private static final String NODE_PROXY = "ztunnel/";

  static boolean isNodeProxy(MeshState.Program program) {
    return program.name().startsWith(NODE_PROXY);
  }

  JsonNode ofNodeProxy(MeshState.Program proxy) throws IOException {
    if (settings.cluster().isPresent()) {
      return asked(ClusterCommand.NAMESPACE, proxy.name().substring(NODE_PROXY.length()));
    }
    String node = proxy.node();
    int number = Integer.parseInt(node.substring(node.lastIndexOf('-') + 1));
    return NodeAdmin.configDump(settings.names(), number);
  }

  JsonNode ofWaypoint(MeshState.Pod pod) throws IOException {
    return settings.cluster().isPresent()
        ? asked(pod.namespace(), pod.name())
        : NodeAdmin.configDump(pod.netns());
  }

  private JsonNode asked(String namespace, String pod) throws IOException {
    try (var questions = new Questions(settings.cluster().orElseThrow().connect())) {
      return new JsonMapper().readTree(questions.page(namespace, pod, PAGE));
    }
  }
}
