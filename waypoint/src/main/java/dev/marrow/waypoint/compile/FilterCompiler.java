package dev.marrow.waypoint.compile;

import dev.marrow.proto.waypoint.HeaderModifier;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.PathRewrite;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.PathChange;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Compiles filters. */
final class FilterCompiler {
  private static final Duration AUTHORIZER_TIMEOUT = Duration.ofMillis(600);

  private FilterCompiler() {}

  static Filter filter(HttpFilter filter) {
    return switch (filter.getKindCase()) {
      case REQUEST_HEADERS -> new Filter.RequestHeaders(change(filter.getRequestHeaders()));
      case RESPONSE_HEADERS -> new Filter.ResponseHeaders(change(filter.getResponseHeaders()));
      case REDIRECT -> redirect(filter.getRedirect());
      case REWRITE ->
          new Filter.Rewrite(
              filter.getRewrite().getHostname(),
              path(filter.getRewrite().hasPath(), filter.getRewrite().getPath()));
      case MIRROR -> mirror(filter.getMirror());
      case CORS -> cors(filter.getCors());
      case EXTERNAL_AUTHORIZATION -> external(filter.getExternalAuthorization());
      case DIRECT_RESPONSE ->
          new Filter.DirectResponse(
              filter.getDirectResponse().getStatus(), filter.getDirectResponse().getBody());
      case KIND_NOT_SET -> throw Values.wrong("filter", "none", "a known kind");
    };
  }

  private static HeaderChange change(HeaderModifier modifier) {
    return new HeaderChange(
        fields(modifier.getSetList()),
        fields(modifier.getAddList()),
        modifier.getRemoveList().stream().map(Values::name).toList());
  }

  private static List<HeaderChange.Field> fields(List<dev.marrow.proto.waypoint.Header> headers) {
    return headers.stream()
        .map(h -> new HeaderChange.Field(Values.name(h.getName()), Values.value(h.getValue())))
        .toList();
  }

  private static Filter redirect(dev.marrow.proto.waypoint.Redirect redirect) {
    int status = redirect.getStatus() == 0 ? 302 : redirect.getStatus();
    if (!List.of(301, 302, 303, 307, 308).contains(status)) {
      throw Values.wrong("redirect status", status, "301, 302, 303, 307 or 308");
    }
    return new Filter.Redirect(
        redirect.getScheme(),
        redirect.getHostname(),
        redirect.getPort(),
        status,
        path(redirect.hasPath(), redirect.getPath()));
  }

  private static @Nullable PathChange path(boolean present, PathRewrite rewrite) {
    if (!present) {
      return null;
    }
    return switch (rewrite.getKindCase()) {
      case FULL -> new PathChange.Full(rewrite.getFull());
      case PREFIX -> new PathChange.Prefix(rewrite.getPrefix());
      case KIND_NOT_SET -> throw Values.wrong("path rewrite", "none", "a known kind");
    };
  }

  private static Filter mirror(dev.marrow.proto.waypoint.Mirror mirror) {
    boolean all = mirror.getDenominator() == 0;
    return new Filter.Mirror(
        Values.backend(mirror.getBackend()),
        all ? 1 : mirror.getNumerator(),
        all ? 1 : mirror.getDenominator());
  }

  private static Filter cors(dev.marrow.proto.waypoint.Cors cors) {
    return new Filter.Cors(
        cors.getAllowOriginsList().stream().map(o -> o.toLowerCase(Locale.ROOT)).toList(),
        cors.getAllowCredentials(),
        cors.getAllowMethodsList(),
        cors.getAllowHeadersList(),
        cors.getExposeHeadersList(),
        Values.duration(cors.getMaxAge()));
  }

  static Filter.ExternalAuthorization external(
      dev.marrow.proto.waypoint.ExternalAuthorization external) {
    return new Filter.ExternalAuthorization(
        Values.backend(external.getBackend()),
        external.getGrpc(),
        external.getPathPrefix(),
        external.getForwardRequestHeadersList().stream().map(Values::name).toList(),
        external.getForwardResponseHeadersList().stream().map(Values::name).toList(),
        Values.duration(external.hasTimeout(), external.getTimeout(), AUTHORIZER_TIMEOUT),
        external.getFailOpen(),
        new Filter.ExternalAuthorization.Shown(
            external.getMaxBodyBytes(), external.getAllowPartialBody()));
  }
}
