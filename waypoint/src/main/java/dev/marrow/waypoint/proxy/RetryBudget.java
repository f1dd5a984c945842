package dev.marrow.waypoint.proxy;

/**
 * Keeps retries a fraction of the requests under way, so that an overload is not made worse by
 * them. Confined to its event loop.
 */
public final class RetryBudget {
  private static final int LEAST = 10;
  private static final int PERCENT = 20;

  private int requests;
  private int retries;

  void begun() {
    requests++;
  }

  void ended() {
    requests--;
  }

  /** Takes one retry out of the budget; false if there is none left. */
  boolean take() {
    if (retries >= Math.max(LEAST, requests * PERCENT / 100)) {
      return false;
    }
    retries++;
    return true;
  }

  void give() {
    retries--;
  }
}
