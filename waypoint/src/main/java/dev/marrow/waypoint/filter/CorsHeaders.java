package dev.marrow.waypoint.filter;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.HeaderChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Cross-origin resource sharing, as the Fetch standard §3.2 has it. Pure. */
public final class CorsHeaders {
  private static final HeaderName ORIGIN = HeaderName.of("origin");
  private static final HeaderName REQUEST_METHOD = HeaderName.of("access-control-request-method");
  private static final HeaderName REQUEST_HEADERS = HeaderName.of("access-control-request-headers");
  private static final HeaderName ALLOW_ORIGIN = HeaderName.of("access-control-allow-origin");
  private static final HeaderName ALLOW_METHODS = HeaderName.of("access-control-allow-methods");
  private static final HeaderName ALLOW_HEADERS = HeaderName.of("access-control-allow-headers");
  private static final HeaderName EXPOSE_HEADERS = HeaderName.of("access-control-expose-headers");
  private static final HeaderName MAX_AGE = HeaderName.of("access-control-max-age");
  private static final HeaderName CREDENTIALS = HeaderName.of("access-control-allow-credentials");

  private CorsHeaders() {}

  /** The fields of the answer, if {@code request} is a preflight request from an allowed origin. */
  public static Optional<List<HeaderChange.Field>> preflight(Filter.Cors rule, Headers request) {
    boolean options = request.valueIs(request.find(HeaderName.METHOD), "OPTIONS");
    Optional<String> method = request.first(REQUEST_METHOD);
    Optional<String> origin = allowed(rule, request);
    if (!options || method.isEmpty() || origin.isEmpty()) {
      return Optional.empty();
    }
    List<HeaderChange.Field> fields = new ArrayList<>(origin(rule, origin.get()));
    if (!rule.allowMethods().isEmpty()) {
      add(fields, ALLOW_METHODS, listed(rule, rule.allowMethods(), method.get()));
    }
    Optional<String> headers = request.first(REQUEST_HEADERS);
    if (!rule.allowHeaders().isEmpty()) {
      add(fields, ALLOW_HEADERS, listed(rule, rule.allowHeaders(), headers.orElse("*")));
    }
    if (!rule.maxAge().isZero()) {
      add(fields, MAX_AGE, Long.toString(rule.maxAge().toSeconds()));
    }
    return Optional.of(fields);
  }

  /** Adds what a browser needs to show the response to its page; nothing for other origins. */
  public static void onResponse(Filter.Cors rule, Headers request, Headers response) {
    Optional<String> origin = allowed(rule, request);
    if (origin.isEmpty()) {
      return;
    }
    for (HeaderChange.Field field : origin(rule, origin.get())) {
      if (field.name().equals(Vary.NAME)) {
        Vary.on(response, field.value());
      } else {
        response.set(field.name(), field.value());
      }
    }
    if (!rule.exposeHeaders().isEmpty()) {
      response.set(EXPOSE_HEADERS, String.join(", ", rule.exposeHeaders()));
    }
  }

  private static List<HeaderChange.Field> origin(Filter.Cors rule, String origin) {
    List<HeaderChange.Field> fields = new ArrayList<>();
    boolean anybody = rule.allowOrigins().contains("*") && !rule.allowCredentials();
    add(fields, ALLOW_ORIGIN, anybody ? "*" : origin);
    if (!anybody) {
      add(fields, Vary.NAME, "origin");
    }
    if (rule.allowCredentials()) {
      add(fields, CREDENTIALS, "true");
    }
    return fields;
  }

  /** With credentials an asterisk means nothing to a browser: what was asked for is named. */
  private static String listed(Filter.Cors rule, List<String> list, String asked) {
    return list.contains("*") && rule.allowCredentials() ? asked : String.join(", ", list);
  }

  private static Optional<String> allowed(Filter.Cors rule, Headers request) {
    return request.first(ORIGIN).filter(origin -> allowed(rule, origin.toLowerCase(Locale.ROOT)));
  }

  private static boolean allowed(Filter.Cors rule, String origin) {
    for (String pattern : rule.allowOrigins()) {
      int star = pattern.indexOf('*');
      if (star < 0
          ? pattern.equals(origin)
          : origin.length() >= pattern.length()
              && origin.startsWith(pattern.substring(0, star))
              && origin.endsWith(pattern.substring(star + 1))) {
        return true;
      }
    }
    return false;
  }

  private static void add(List<HeaderChange.Field> fields, HeaderName name, String value) {
    fields.add(new HeaderChange.Field(name, value));
  }
}
