package dev.marrow.waypoint.upstream;

/** Somebody who wants a connection. */
public interface Waiter {
  /** Opens a stream on {@code lease} now, within this call. */
  void onConnection(Lease lease);

  void onFailure(ConnectFailure failure);

  /** Whether it is still wanted; one who is not is passed over. */
  boolean waiting();
}
