package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.proto.waypoint.Cors;
import dev.marrow.proto.waypoint.DirectResponse;
import dev.marrow.proto.waypoint.Header;
import dev.marrow.proto.waypoint.HeaderModifier;
import dev.marrow.proto.waypoint.HttpBackend;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.Mirror;
import dev.marrow.proto.waypoint.PathRewrite;
import dev.marrow.proto.waypoint.Redirect;
import dev.marrow.proto.waypoint.RetryPolicy;
import dev.marrow.proto.waypoint.StringMatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what a rule of a VirtualService does with a request. */
final class VirtualActions {
  /** Finds the service that a host of a VirtualService means. */
  interface Hosts {
    /** For reading only. */
    Hosts NOWHERE = (host, port) -> Backend.newBuilder();

    /** {@code port} 0: nothing was said. Without a hostname where there is no such service. */
    Backend.Builder find(String host, int port);
  }

  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);
  private static final Set<String> RETRY_ON =
      Set.of(
          "connect-failure",
          "refused-stream",
          "reset",
          "reset-before-request",
          "gateway-error",
          "5xx",
          "retriable-4xx",
          "retriable-status-codes",
          "unavailable",
          "cancelled",
          "deadline-exceeded",
          "internal",
          "resource-exhausted");

  private final Hosts hosts;

  VirtualActions(Hosts hosts) {
    this.hosts = hosts;
  }

  HttpBackend share(Fields share) {
    HttpBackend.Builder builder =
        HttpBackend.newBuilder()
            .setBackend(destination(share.object("destination")))
            .setWeight(share.number("weight", 0, 0, 1_000_000));
    share.optional("headers").map(VirtualActions::headers).ifPresent(builder::addAllFilters);
    return builder.build();
  }

  Backend destination(Fields destination) {
    int port = destination.object("port").number("number", 0, 0, 65_535);
    return hosts
        .find(destination.text("host"), port)
        .setSubset(destination.text("subset", ""))
        .build();
  }

  static List<HttpFilter> headers(Fields headers) {
    List<HttpFilter> filters = new ArrayList<>();
    headers
        .optional("request")
        .map(VirtualActions::modifier)
        .ifPresent(m -> filters.add(HttpFilter.newBuilder().setRequestHeaders(m).build()));
    headers
        .optional("response")
        .map(VirtualActions::modifier)
        .ifPresent(m -> filters.add(HttpFilter.newBuilder().setResponseHeaders(m).build()));
    return filters;
  }

  private static HeaderModifier modifier(Fields part) {
    HeaderModifier.Builder builder = HeaderModifier.newBuilder();
    part.textMap("set").forEach((name, value) -> builder.addSet(header(name, value)));
    part.textMap("add").forEach((name, value) -> builder.addAdd(header(name, value)));
    return builder.addAllRemove(part.texts("remove")).build();
  }

  private static Header header(String name, String value) {
    return Header.newBuilder().setName(name).setValue(value).build();
  }

  static HttpFilter redirect(Fields redirect) {
    String authority = redirect.text("authority", "");
    int colon = authority.lastIndexOf(':');
    boolean withPort = colon > 0 && authority.substring(colon + 1).matches("[0-9]{1,5}");
    Redirect.Builder builder =
        Redirect.newBuilder()
            .setHostname(withPort ? authority.substring(0, colon) : authority)
            .setPort(withPort ? Integer.parseInt(authority.substring(colon + 1)) : 0)
            .setScheme(redirect.text("scheme", ""));
    if (redirect.has("port")) {
      builder.setPort(redirect.number("port", 0, 1, 65_535));
    }
    int code = redirect.number("redirectCode", 301, 300, 399);
    if (!REDIRECTS.contains(code)) {
      redirect.reject("redirectCode", code + " (expected: one of " + REDIRECTS + ")");
    }
    builder.setStatus(code);
    if (redirect.has("uri")) {
      builder.setPath(PathRewrite.newBuilder().setFull(redirect.text("uri")));
    }
    redirect.unsupported("derivePort");
    return HttpFilter.newBuilder().setRedirect(builder).build();
  }

  static HttpFilter answer(Fields answer) {
    Fields body = answer.object("body");
    String bytes = body.text("bytes", "");
    String text = body.text("string", "");
    try {
      if (!bytes.isEmpty()) {
        text = new String(Base64.getDecoder().decode(bytes), StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException e) {
      body.reject("bytes", "expected: base64");
    }
    return HttpFilter.newBuilder()
        .setDirectResponse(
            DirectResponse.newBuilder()
                .setStatus(answer.number("status", 200, 200, 599))
                .setBody(text))
        .build();
  }

  /** {@code path} is what was matched: only a prefix can be replaced by another. */
  static HttpFilter rewrite(Fields rewrite, StringMatch path) {
    var builder =
        dev.marrow.proto.waypoint.Rewrite.newBuilder().setHostname(rewrite.text("authority", ""));
    if (rewrite.has("uri")) {
      String uri = rewrite.text("uri");
      boolean whole = path.hasExact() || path.hasRegex();
      builder.setPath(
          whole ? PathRewrite.newBuilder().setFull(uri) : PathRewrite.newBuilder().setPrefix(uri));
    }
    rewrite.unsupported("uriRegexRewrite");
    return HttpFilter.newBuilder().setRewrite(builder).build();
  }

  List<HttpFilter> mirrors(Fields http) {
    List<HttpFilter> filters = new ArrayList<>();
    double percent = http.fraction("mirrorPercent", http.fraction("mirror_percent", 100));
    double share =
        http.optional("mirrorPercentage").map(p -> FaultReading.percent(p, 0)).orElse(percent);
    http.optional("mirror").ifPresent(to -> filters.add(mirror(destination(to), share)));
    for (Fields mirror : http.list("mirrors")) {
      double own = mirror.optional("percentage").map(p -> FaultReading.percent(p, 0)).orElse(100.0);
      filters.add(mirror(destination(mirror.object("destination")), own));
    }
    return filters;
  }

  private static HttpFilter mirror(Backend backend, double percent) {
    return HttpFilter.newBuilder()
        .setMirror(
            Mirror.newBuilder()
                .setBackend(backend)
                .setNumerator((int) Math.round(percent * 10_000))
                .setDenominator(1_000_000))
        .build();
  }

  static RetryPolicy retries(Fields retries) {
    RetryPolicy.Builder builder =
        RetryPolicy.newBuilder().setAttempts(retries.number("attempts", 2, 0, 100));
    retries.duration("perTryTimeout").map(Protos::duration).ifPresent(builder::setPerTryTimeout);
    retries.duration("backoff").map(Protos::duration).ifPresent(builder::setBackoff);
    for (String word : retries.text("retryOn", "").split(",", -1)) {
      String condition = word.strip();
      if (RETRY_ON.contains(condition)) {
        builder.addConditions(condition);
      } else if (condition.matches("[45][0-9]{2}")) {
        builder.addCodes(Integer.parseInt(condition));
        builder.addConditions("retriable-status-codes");
      } else if (!condition.isEmpty()) {
        retries.reject("retryOn", "'%s' (expected: words of %s)".formatted(condition, RETRY_ON));
      }
    }
    retries.ignore("retryIgnorePreviousHosts").unsupported("retryRemoteLocalities");
    return builder.build();
  }

  static HttpFilter cors(Fields cors) {
    Cors.Builder builder =
        Cors.newBuilder()
            .addAllAllowOrigins(cors.texts("allowOrigin"))
            .addAllAllowMethods(cors.texts("allowMethods"))
            .addAllAllowHeaders(cors.texts("allowHeaders"))
            .addAllExposeHeaders(cors.texts("exposeHeaders"))
            .setAllowCredentials(cors.flag("allowCredentials", false));
    for (Fields origin : cors.list("allowOrigins")) {
      origin(origin).ifPresent(builder::addAllowOrigins);
    }
    cors.duration("maxAge").map(Protos::duration).ifPresent(builder::setMaxAge);
    cors.unsupported("unmatchedPreflights");
    return HttpFilter.newBuilder().setCors(builder).build();
  }

  private static Optional<String> origin(Fields origin) {
    if (origin.has("exact")) {
      return Optional.of(origin.text("exact"));
    }
    if (origin.has("prefix")) {
      return Optional.of(origin.text("prefix") + "*");
    }
    origin.unsupported("regex");
    return Optional.empty();
  }
}
