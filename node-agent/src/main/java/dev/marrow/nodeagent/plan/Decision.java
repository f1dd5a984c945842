package dev.marrow.nodeagent.plan;

import java.nio.file.Path;

/** What is to become of one pod of this node. */
public sealed interface Decision {
  record Enrol(PodTarget target) implements Decision {}

  /**
   * The pod stays outside.
   *
   * @param netns where its namespace is, for taking away what an earlier enrolment left; empty path
   *     if that is not known or not ours to touch
   */
  record Leave(String uid, Path netns, String reason) implements Decision {}

  /** Nobody to enrol any more: the pod has ended. */
  record Ended(String uid) implements Decision {}
}
