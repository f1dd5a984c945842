package dev.marrow.nodeagent.enrol;

import dev.marrow.nodeagent.plan.PodTarget;
import java.io.IOException;
import java.util.List;

/**
 * Where it is written which pods are in the mesh, for the control plane to read. Used by one thread
 * at a time.
 */
public interface Enrolments {
  /** An entry of this node. */
  record Entry(String namespace, String name, String uid) {
    static Entry of(PodTarget pod) {
      return new Entry(pod.namespace(), pod.name(), pod.uid());
    }
  }

  /** Enters a pod; its traffic may come through tunnels from now on. */
  void enter(Entry pod) throws IOException;

  /** Strikes out a pod; nothing happens if it is not entered, or by another node. */
  void strike(Entry pod) throws IOException;

  /** All entries of this node. */
  List<Entry> entries() throws IOException;
}
