package dev.marrow.waypoint.filter;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.authorize.Caller;
import dev.marrow.waypoint.route.RateLimit;
import dev.marrow.waypoint.route.RequestTexts;

/** What the keys of rate limits are for one request. Pure. */
final class LimitKeys {
  private LimitKeys() {}

  /** The key's value; "" if the request has none. */
  static String value(RateLimit.Key key, Headers request, Caller caller, String route) {
    return switch (key) {
      case RateLimit.Key.SourcePrincipal principal -> caller.principal();
      case RateLimit.Key.SourceNamespace namespace -> caller.namespace();
      case RateLimit.Key.Path path -> RequestTexts.path(request);
      case RateLimit.Key.Route of -> route;
      case RateLimit.Key.Header header -> request.first(header.name()).orElse("");
    };
  }

  /** The key's name, as a rate-limit service's configuration has it. */
  static String name(RateLimit.Key key) {
    return switch (key) {
      case RateLimit.Key.SourcePrincipal principal -> "source_principal";
      case RateLimit.Key.SourceNamespace namespace -> "source_namespace";
      case RateLimit.Key.Path path -> "path";
      case RateLimit.Key.Route of -> "route";
      case RateLimit.Key.Header header -> header.name().toString();
    };
  }
}
