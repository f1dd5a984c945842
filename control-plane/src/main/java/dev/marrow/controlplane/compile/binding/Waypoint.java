package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Selector;
import dev.marrow.resources.ObjectKey;
import java.util.Optional;

/**
 * A Gateway as a waypoint, without what changes while its pods come and go.
 *
 * @param kind whose it is
 * @param traffic what it is for
 * @param account the service account whose workloads it is in front of
 * @param attachment which namespaces may bind to it
 * @param serviceAccount the account its own pods run as
 * @param managed false where the user runs it and gives its addresses
 */
public record Waypoint(
    ObjectKey gateway,
    Kind kind,
    Traffic traffic,
    Optional<String> account,
    Attachment attachment,
    String serviceAccount,
    boolean managed,
    boolean failOpen,
    boolean allowBypass,
    boolean skipWithoutRules,
    boolean forwardClientIdentity) {

  /** Whose Gateway it is. */
  public enum Kind {
    /** Of a class of ours. */
    OURS,
    /** Of a class that another controller looks after. */
    FOREIGN,
    /** Of a class that nobody knows. */
    UNKNOWN
  }

  /** What a waypoint takes: {@code istio.io/waypoint-for}. */
  public record Traffic(boolean services, boolean workloads) {
    static Optional<Traffic> parse(String text) {
      return switch (text) {
        case "service" -> Optional.of(new Traffic(true, false));
        case "workload" -> Optional.of(new Traffic(false, true));
        case "all" -> Optional.of(new Traffic(true, true));
        case "none" -> Optional.of(new Traffic(false, false));
        default -> Optional.empty();
      };
    }
  }

  /** Which namespaces may bind: {@code allowedRoutes.namespaces} of the listener. */
  public sealed interface Attachment {
    /** Only the Gateway's own. */
    record Same() implements Attachment {}

    /** Every one. */
    record All() implements Attachment {}

    /** Those whose labels match. */
    record Selected(Selector namespaces) implements Attachment {}
  }

  public String namespace() {
    return gateway.namespace();
  }

  public String name() {
    return gateway.name();
  }
}
