package dev.marrow.mesh.xds;

import java.util.List;

/**
 * Takes the resources of one type. Called on the client's thread, one call at a time over all types
 * of that client; what throws counts as a rejection of everything in the call.
 */
public interface ResourceHandler {
  /** For example {@code type.googleapis.com/istio.workload.Address}. */
  String typeUrl();

  /**
   * Applies one response: {@code removed} first, then {@code changed}. Returns those it cannot
   * accept; what it had of them before stays, and the rest of the response counts.
   *
   * @param removed resource names as the server gave them
   */
  List<Rejection> apply(List<AdsResource> changed, List<String> removed);

  /**
   * Whether names are asked for one by one, with {@link AdsClient#subscribe}, and not all at once.
   */
  default boolean onDemand() {
    return false;
  }

  /** Called once, after the first response that was accepted, also an empty one. */
  default void onReady() {}
}
