package dev.marrow.waypoint.report;

import dev.marrow.http.Headers;
import org.jspecify.annotations.Nullable;

/** Those who look on while requests are served. Thread-safe. */
public interface Onlookers {
  /** Whether there is anybody; asked for every request. */
  boolean active();

  /**
   * Shows a request that is over.
   *
   * @param request as the endpoint got it
   * @param response null: there was none
   */
  void show(RequestReport report, Headers request, @Nullable Headers response);
}
