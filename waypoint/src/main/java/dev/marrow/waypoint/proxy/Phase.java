package dev.marrow.waypoint.proxy;

/** How far an exchange came. A failure is told with the phase it happened in. */
public enum Phase {
  /** The request's head is here. */
  RECEIVED,
  /** Policies have agreed. */
  AUTHORIZED,
  /** The rule is known. */
  ROUTED,
  /** There is a connection to an endpoint. */
  CONNECTED,
  /** The request's head is on its way. */
  REQUEST_SENT,
  /** The response's head is on its way back. */
  RESPONDING,
  /** Over, well or not; it has been reported. */
  DONE
}
