package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Waypoints;
import dev.marrow.resources.KubeObject;

/**
 * Which of several control planes on one cluster looks after an object: the label {@code
 * istio.io/rev} says it, on the object or else on its namespace; without it it is revision {@code
 * default}.
 */
public final class Revisions {
  private static final String DEFAULT = "default";

  private Revisions() {}

  /** Whether it is us. */
  public static boolean ours(Answers answers, KubeObject object) {
    return switch (answers.mesh().waypoints()) {
      case Waypoints.OfMachine machine -> true;
      case Waypoints.OfCluster cluster -> of(answers, object).equals(cluster.revision());
    };
  }

  private static String of(Answers answers, KubeObject object) {
    String own = object.labels().getOrDefault(Labels.REVISION, "");
    return own.isEmpty()
        ? answers
            .ask(new NamespaceLabels(object.namespace()))
            .getOrDefault(Labels.REVISION, DEFAULT)
        : own;
  }
}
