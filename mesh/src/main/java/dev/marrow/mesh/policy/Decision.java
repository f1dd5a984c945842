package dev.marrow.mesh.policy;

import java.util.List;

/** Whether a connection may be, and why not. */
public sealed interface Decision {
  /** What policies in dry-run would have said. */
  List<DryRun> dryRuns();

  default boolean allowed() {
    return this instanceof Allowed;
  }

  /** The connection may be. */
  record Allowed(List<DryRun> dryRuns) implements Decision {
    static final Allowed PLAIN = new Allowed(List.of());

    public Allowed {
      dryRuns = List.copyOf(dryRuns);
    }
  }

  /**
   * The connection must not be.
   *
   * @param policy {@code namespace/name} of the policy that decided; "" for {@link
   *     Reason#NOT_ALLOWED}, where no single one did
   */
  record Denied(Reason reason, String policy, List<DryRun> dryRuns) implements Decision {
    public Denied {
      dryRuns = List.copyOf(dryRuns);
    }

    /** One sentence for logs. */
    public String text() {
      return switch (reason) {
        case DENY_MATCHED -> "explicitly denied by: " + policy;
        case NOT_ALLOWED -> "allow policies exist, but none allowed";
        case POLICY_UNKNOWN -> "policy named by the workload is not known: " + policy;
        case POLICY_REJECTED -> "policy could not be read: " + policy;
      };
    }
  }

  /** Why a connection was denied. */
  enum Reason {
    /** A DENY policy matched. */
    DENY_MATCHED,
    /** There are ALLOW policies and none matched. */
    NOT_ALLOWED,
    /** The workload names a policy that this proxy does not have: it might deny. */
    POLICY_UNKNOWN,
    /** A policy that applies was rejected and no earlier version is at hand: it might deny. */
    POLICY_REJECTED
  }
}
