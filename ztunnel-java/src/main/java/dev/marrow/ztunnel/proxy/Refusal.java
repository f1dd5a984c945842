package dev.marrow.ztunnel.proxy;

/**
 * Why an outgoing connection goes nowhere.
 *
 * @param about the name of what is missing, as the control plane knows it; empty for none
 */
record Refusal(Reason reason, String text, String about) {

  /** The reasons, by whose doing they are: ours, or the mesh's. */
  enum Reason {
    /** The mesh: a service without a usable endpoint. */
    NO_HEALTHY_UPSTREAM,
    /** The mesh: another network, and no way into it. */
    NO_ROUTE,
    /** The mesh: a waypoint is demanded and cannot be found. */
    UNKNOWN_WAYPOINT,
    /** The mesh: nobody is entitled to answer at the far end. */
    NO_IDENTITY,
    /** The mesh: nobody said whether the address is one of its own. */
    UNANSWERED,
    /** The app: it called one of our own ports. */
    LOOP,
    /** The app: it called port 0, where nobody can listen. */
    NO_PORT
  }

  static Refusal noHealthyUpstream(Object target) {
    return new Refusal(Reason.NO_HEALTHY_UPSTREAM, "no healthy upstream: " + target, "");
  }

  static Refusal noRoute(String workload) {
    return new Refusal(
        Reason.NO_ROUTE, "no valid routing destination for workload: " + workload, "");
  }

  static Refusal unknownWaypoint(String waypoint) {
    return new Refusal(Reason.UNKNOWN_WAYPOINT, "unknown waypoint: " + waypoint, waypoint);
  }

  static Refusal noIdentity(Object service) {
    return new Refusal(
        Reason.NO_IDENTITY, "no identity to accept at the far end of: " + service, "");
  }

  static Refusal unanswered(String name) {
    return new Refusal(Reason.UNANSWERED, "no answer from xds about: " + name, "");
  }

  static Refusal loop() {
    return new Refusal(Reason.LOOP, "attempted recursive call to ourselves", "");
  }

  static Refusal noPort() {
    return new Refusal(Reason.NO_PORT, "port: 0 (expected: 1 to 65535)", "");
  }
}
