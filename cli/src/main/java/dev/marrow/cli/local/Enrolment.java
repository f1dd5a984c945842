package dev.marrow.cli.local;

import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.util.Map;

/**
 * Which pods should be in the mesh and which are. Immutable.
 *
 * @param objects the user's objects
 * @param marks our pods with the node agents' marks
 * @param active whether anybody enrols pods at all
 */
record Enrolment(ResourceSnapshot objects, ResourceSnapshot marks, boolean active) {
  private static final String MARK = "ambient.istio.io/redirection";

  boolean wanted(PlannedPod pod) {
    Map<String, String> namespace =
        objects.get("Namespace", "", pod.namespace()).map(KubeObject::labels).orElse(Map.of());
    return MeshPlan.ambient(pod.template().labels(), namespace);
  }

  boolean done(PlannedPod pod) {
    return marks
        .get("Pod", pod.namespace(), pod.name())
        .map(object -> "enabled".equals(object.annotations().get(MARK)))
        .orElse(false);
  }
}
