package dev.marrow.mesh.policy;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Workload;

/**
 * Decides whether a connection to a workload may be. Pure.
 *
 * <p>Policies of the workload's namespace, global ones and those the workload names apply. Deny
 * wins; with no ALLOW policy everything else is allowed; with one, only what it matches. Policies
 * in dry-run are reported and never count. A policy that is named and not known, or was rejected,
 * denies.
 */
public final class Authorizer {
  private Authorizer() {}

  /**
   * Decides about a connection to {@code destination}. Use the workload of the current view, not
   * one kept from earlier: policies attach to it while connections last.
   */
  public static Decision authorize(MeshView view, Workload destination, ConnectionFacts facts) {
    PolicyRun run = new PolicyRun(facts);
    view.forEachPolicy(destination, run::evaluate, run::unknown);
    return run.decision();
  }
}
