package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.local.NodeAdmin;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** What node proxies say about their certificates. */
final class Certificates {
  private Certificates() {}

  /** Serial numbers of the leaves that are used now, on all nodes. */
  static Set<String> serials(DrillMesh mesh, int nodes) throws IOException {
    Set<String> serials = new TreeSet<>();
    for (int node = 1; node <= nodes; node++) {
      for (JsonNode one : NodeAdmin.configDump(mesh.names(), node).path("certificates")) {
        JsonNode leaf = one.path("certChain").path(0);
        if (!leaf.isMissingNode()) serials.add(leaf.path("serialNumber").asString(""));
      }
    }
    return serials;
  }

  /** How many roots each identity trusts; one number if all agree. */
  static Set<Integer> rootCounts(DrillMesh mesh, int nodes) throws IOException {
    Set<Integer> counts = new HashSet<>();
    for (int node = 1; node <= nodes; node++) {
      for (JsonNode one : NodeAdmin.configDump(mesh.names(), node).path("certificates")) {
        if (one.path("state").asString("").equals("Available"))
          counts.add(one.path("rootCerts").size());
      }
    }
    return counts;
  }
}
