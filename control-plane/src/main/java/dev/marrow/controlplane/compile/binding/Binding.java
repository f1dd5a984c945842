package dev.marrow.controlplane.compile.binding;

import dev.marrow.resources.ObjectKey;

/** What is in front of a service or a workload. */
public sealed interface Binding {
  /** Nothing, and nothing was asked for. */
  record Unbound() implements Binding {}

  /**
   * A waypoint. Also while it is not ready: traffic is then refused rather than let past it.
   *
   * @param gateway may not exist (yet)
   */
  record Bound(ObjectKey gateway, boolean ready) implements Binding {}

  /** One was asked for, but it is not to be used. */
  record Refused(Reason reason, String message) implements Binding {}

  /** Why, in the words of the condition {@code istio.io/WaypointBound}. */
  enum Reason {
    NOT_READY("WaypointIsNotReady"),
    ATTACHMENT_DENIED("AttachmentDenied"),
    UNSUPPORTED_TRAFFIC("UnsupportedTrafficType"),
    CROSS_NAMESPACE("CrossNamespaceWaypointForbidden"),
    MIXED("MixedWaypoints");

    private final String word;

    Reason(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }
}
