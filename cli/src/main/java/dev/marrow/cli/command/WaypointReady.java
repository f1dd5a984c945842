package dev.marrow.cli.command;

import dev.marrow.cli.edit.UserObjects;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Whether a waypoint works: programmed, its pods ready, and known to every node's proxy. Confined
 * to one thread.
 *
 * @param replicas how many pods it has at least
 */
record WaypointReady(
    MeshSettings settings, DataPlane dataPlane, String namespace, String name, int replicas) {
  List<String> missing(MeshState mesh) throws IOException {
    List<String> missing = new ArrayList<>();
    List<GatewayView> views =
        GatewayView.all(new UserObjects(settings.objects(mesh)).read(), mesh, settings.state())
            .stream()
            .filter(view -> view.namespace().equals(namespace) && view.name().equals(name))
            .toList();
    if (views.isEmpty()) return List.of("Gateway " + namespace + "/" + name + " (it was deleted)");
    GatewayView view = views.getFirst();
    int pods = Math.max(replicas, view.pods());
    if (view.ready() < pods) missing.add((pods - view.ready()) + " of its " + pods + " pods");
    if (!view.programmed().equals("True")) missing.add("its condition Programmed" + reasons(view));
    if (missing.isEmpty() && settings.cluster().isEmpty()) known(mesh, view, missing);
    return missing;
  }

  private static String reasons(GatewayView view) {
    List<String> bad =
        view.conditions().stream()
            .filter(ObjectStatus::negative)
            .map(it -> it.reason() + ": " + it.message())
            .toList();
    return bad.isEmpty() ? "" : " (" + String.join("; ", bad) + ")";
  }

  private void known(MeshState mesh, GatewayView view, List<String> missing) {
    for (MeshState.Program program : mesh.programs()) {
      if (!program.name().startsWith("ztunnel/")) continue;
      JsonNode dump = dataPlane.dump(program, missing);
      boolean knows = false;
      for (JsonNode service : dump.path("services")) {
        knows |=
            service.path("name").asString("").equals(view.name())
                && service.path("namespace").asString("").equals(view.namespace());
      }
      if (!knows) missing.add(program.name() + " to know it");
    }
  }
}
