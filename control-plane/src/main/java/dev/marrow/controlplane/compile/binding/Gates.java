package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.resources.ObjectKey;
import java.util.Optional;
import java.util.function.Predicate;

/** The gates between wanting a waypoint and having it. */
final class Gates {
  private final Answers answers;
  private final String namespace;

  Gates(Answers answers, String namespace) {
    this.answers = answers;
    this.namespace = namespace;
  }

  /**
   * Passes {@code gateway} through all gates.
   *
   * @param takes whether the waypoint is for this kind of destination
   */
  Binding pass(ObjectKey gateway, Predicate<Waypoint.Traffic> takes, String destination) {
    Optional<Waypoint> found = answers.ask(new WaypointOf(gateway));
    if (found.isEmpty()) {
      // Nobody can have said that it may be left out.
      return new Binding.Bound(gateway, false);
    }
    Waypoint waypoint = found.get();
    if (!admits(waypoint)) {
      return new Binding.Refused(
          Binding.Reason.ATTACHMENT_DENIED,
          "%s does not admit objects of namespace %s".formatted(gateway, namespace));
    }
    if (!takes.test(waypoint.traffic())) {
      return new Binding.Refused(
          Binding.Reason.UNSUPPORTED_TRAFFIC, "%s is not for %s".formatted(gateway, destination));
    }
    boolean ready = answers.ask(new WaypointReady(gateway));
    return ready || !waypoint.failOpen()
        ? new Binding.Bound(gateway, ready)
        : new Binding.Refused(
            Binding.Reason.NOT_READY,
            "%s is not ready and fails open: traffic goes past it".formatted(gateway));
  }

  private boolean admits(Waypoint waypoint) {
    return waypoint.namespace().equals(namespace)
        || switch (waypoint.attachment()) {
          case Waypoint.Attachment.Same() -> false;
          case Waypoint.Attachment.All() -> true;
          case Waypoint.Attachment.Selected selected ->
              selected.namespaces().matches(answers.ask(new NamespaceLabels(namespace)));
        };
  }
}
