package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Cors;
import dev.marrow.proto.waypoint.ExternalAuthorization;
import dev.marrow.proto.waypoint.Header;
import dev.marrow.proto.waypoint.HeaderModifier;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.Mirror;
import dev.marrow.proto.waypoint.PathRewrite;
import dev.marrow.proto.waypoint.Redirect;
import dev.marrow.proto.waypoint.Rewrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the filters of HTTP and gRPC routes. */
final class HttpFilters {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Map<String, String> SCHEMES = Map.of("http", "http", "https", "https");

  private final BackendResolver backends;

  HttpFilters(BackendResolver backends) {
    this.backends = backends;
  }

  /** The filter; none where it is wrong or of a kind that we do not have, which is an error. */
  Optional<HttpFilter> read(Fields filter) {
    HttpFilter.Builder builder = HttpFilter.newBuilder();
    String type = filter.text("type");
    switch (type) {
      case "RequestHeaderModifier" ->
          builder.setRequestHeaders(headers(filter.object("requestHeaderModifier")));
      case "ResponseHeaderModifier" ->
          builder.setResponseHeaders(headers(filter.object("responseHeaderModifier")));
      case "RequestRedirect" -> builder.setRedirect(redirect(filter.object("requestRedirect")));
      case "URLRewrite" -> builder.setRewrite(rewrite(filter.object("urlRewrite")));
      case "RequestMirror" -> builder.setMirror(mirror(filter.object("requestMirror")));
      case "CORS" -> builder.setCors(cors(filter.object("cors")));
      case "ExternalAuth" ->
          builder.setExternalAuthorization(external(filter.object("externalAuth")));
      default -> {
        filter.reject("type", "'%s' is not supported".formatted(type));
        filter.ignore("extensionRef");
        return Optional.empty();
      }
    }
    return Optional.of(builder.build());
  }

  private static HeaderModifier headers(Fields modifier) {
    return HeaderModifier.newBuilder()
        .addAllSet(list(modifier, "set"))
        .addAllAdd(list(modifier, "add"))
        .addAllRemove(modifier.texts("remove"))
        .build();
  }

  private static List<Header> list(Fields modifier, String name) {
    List<Header> headers = new ArrayList<>();
    for (Fields header : modifier.list(name)) {
      headers.add(
          Header.newBuilder().setName(header.text("name")).setValue(header.text("value")).build());
    }
    return headers;
  }

  private static Redirect redirect(Fields redirect) {
    Redirect.Builder builder =
        Redirect.newBuilder()
            .setScheme(redirect.choice("scheme", SCHEMES, ""))
            .setHostname(redirect.text("hostname", ""))
            .setPort(redirect.number("port", 0, 1, 65535));
    int status = redirect.number("statusCode", 302);
    if (!REDIRECTS.contains(status)) {
      redirect.reject("statusCode", "%d (expected: 301, 302, 303, 307 or 308)".formatted(status));
    }
    path(redirect).ifPresent(builder::setPath);
    return builder.setStatus(status).build();
  }

  private static Rewrite rewrite(Fields rewrite) {
    Rewrite.Builder builder = Rewrite.newBuilder().setHostname(rewrite.text("hostname", ""));
    path(rewrite).ifPresent(builder::setPath);
    return builder.build();
  }

  private static Optional<PathRewrite> path(Fields filter) {
    return filter
        .optional("path")
        .flatMap(path -> {
          PathRewrite.Builder builder = PathRewrite.newBuilder();
          return switch (path.text("type")) {
            case "ReplaceFullPath" ->
                Optional.of(builder.setFull(path.text("replaceFullPath")).build());
            case "ReplacePrefixMatch" ->
                Optional.of(builder.setPrefix(path.text("replacePrefixMatch")).build());
            default -> {
              path.reject("type", "expected: ReplaceFullPath or ReplacePrefixMatch");
              yield Optional.empty();
            }
          };
        });
  }

  private Mirror mirror(Fields mirror) {
    Mirror.Builder builder =
        Mirror.newBuilder()
            .setBackend(backends.resolve(ObjectReference.read(mirror.object("backendRef"))));
    if (mirror.has("percent")) {
      builder.setNumerator(mirror.number("percent", 100, 0, 100)).setDenominator(100);
    }
    mirror
        .optional("fraction")
        .ifPresent(fraction -> {
          int denominator = fraction.number("denominator", 100, 1, Integer.MAX_VALUE);
          builder
              .setNumerator(fraction.number("numerator", 0, 0, denominator))
              .setDenominator(denominator);
        });
    return builder.build();
  }

  private static Cors cors(Fields cors) {
    return Cors.newBuilder()
        .addAllAllowOrigins(cors.texts("allowOrigins"))
        .setAllowCredentials(cors.flag("allowCredentials", false))
        .addAllAllowMethods(cors.texts("allowMethods"))
        .addAllAllowHeaders(cors.texts("allowHeaders"))
        .addAllExposeHeaders(cors.texts("exposeHeaders"))
        .setMaxAge(Protos.duration(java.time.Duration.ofSeconds(cors.number("maxAge", 5))))
        .build();
  }

  private ExternalAuthorization external(Fields auth) {
    ExternalAuthorization.Builder builder =
        ExternalAuthorization.newBuilder()
            .setBackend(backends.resolve(ObjectReference.read(auth.object("backendRef"))));
    switch (auth.text("protocol")) {
      case "GRPC" -> {
        builder.setGrpc(true);
        builder.addAllForwardRequestHeaders(auth.object("grpc").texts("allowedHeaders"));
      }
      case "HTTP" -> {
        Fields http = auth.object("http");
        builder
            .setPathPrefix(http.text("path", ""))
            .addAllForwardRequestHeaders(http.texts("allowedHeaders"))
            .addAllForwardResponseHeaders(http.texts("allowedResponseHeaders"));
      }
      default -> auth.reject("protocol", "expected: GRPC or HTTP");
    }
    auth.optional("forwardBody")
        .ifPresent(
            body -> builder.setMaxBodyBytes(body.number("maxSize", 0, 0, MeshOptions.MOST_BODY)));
    return builder.build();
  }
}
