package dev.marrow.nodeagent.enrol;

import dev.marrow.linux.FileIdentity;
import dev.marrow.nodeagent.plan.PodTarget;
import java.time.Duration;

/**
 * How far a pod is. Times are {@link System#nanoTime}.
 *
 * <pre>
 * (nothing) -> Failed -> Enrolled -> Leaving -> (nothing)
 *                 ^__________/ \________^ relabelled: back
 * </pre>
 */
sealed interface PodState {
  PodTarget target();

  /** Announced, redirected, entered. */
  record Enrolled(PodTarget target, FileIdentity netns) implements PodState {}

  /** To be enrolled, and tried again at {@code retryAt}. */
  record Failed(PodTarget target, String reason, long retryAt, Duration backoff)
      implements PodState {}

  /** Struck out; its traffic is let go at {@code until}. */
  record Leaving(PodTarget target, FileIdentity netns, long until) implements PodState {}
}
