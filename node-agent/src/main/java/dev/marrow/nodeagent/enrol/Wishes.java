package dev.marrow.nodeagent.enrol;

import dev.marrow.nodeagent.plan.Decision;
import dev.marrow.nodeagent.plan.PodTarget;
import dev.marrow.resources.ResourceSnapshot;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be, taken from one snapshot.
 *
 * @param enrol by uid
 * @param outside pods of the node that are to be outside, by uid, with their network namespaces
 * @param complete nothing of the configuration was unreadable, so what is missing is gone
 */
record Wishes(Map<String, PodTarget> enrol, Map<String, Path> outside, boolean complete) {
  Wishes {
    enrol = new LinkedHashMap<>(enrol);
    outside = Map.copyOf(outside);
  }

  static Wishes of(List<Decision> decisions, ResourceSnapshot snapshot) {
    var enrol = new LinkedHashMap<String, PodTarget>();
    var outside = new LinkedHashMap<String, Path>();
    for (Decision decision : decisions) {
      switch (decision) {
        case Decision.Enrol(PodTarget target) -> enrol.put(target.uid(), target);
        case Decision.Leave leave -> outside.put(leave.uid(), leave.netns());
        case Decision.Ended ended -> {}
      }
    }
    return new Wishes(enrol, outside, snapshot.problems().isEmpty());
  }
}
