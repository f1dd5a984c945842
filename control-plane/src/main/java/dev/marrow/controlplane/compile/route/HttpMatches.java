package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.HttpMatch;
import dev.marrow.proto.waypoint.NamedMatch;
import dev.marrow.proto.waypoint.StringMatch;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the matches of HTTP and gRPC routes. */
final class HttpMatches {
  private enum How {
    EXACT,
    PREFIX,
    REGEX
  }

  private static final Map<String, How> PATHS =
      Map.of("Exact", How.EXACT, "PathPrefix", How.PREFIX, "RegularExpression", How.REGEX);
  private static final Map<String, How> TEXTS =
      Map.of("Exact", How.EXACT, "RegularExpression", How.REGEX);
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private HttpMatches() {}

  static HttpMatch http(Fields match) {
    HttpMatch.Builder builder = HttpMatch.newBuilder();
    match.optional("path").map(HttpMatches::path).ifPresent(builder::setPath);
    String method = match.text("method", "");
    if (!method.isEmpty() && !METHODS.contains(method)) {
      match.reject("method", "'%s' (expected: one of %s)".formatted(method, METHODS));
    }
    builder.setMethod(method);
    match.list("headers").forEach(header -> builder.addHeaders(named(header)));
    match.list("queryParams").forEach(query -> builder.addQuery(named(query)));
    return builder.build();
  }

  private static StringMatch path(Fields path) {
    String value = path.text("value", "/");
    How how = path.choice("type", PATHS, How.PREFIX);
    if (how != How.REGEX && !value.startsWith("/")) {
      path.reject("value", "'%s' (expected: a slash in front)".formatted(value));
    }
    return text(path, how, value);
  }

  private static NamedMatch named(Fields field) {
    How how = field.choice("type", TEXTS, How.EXACT);
    return NamedMatch.newBuilder()
        .setName(field.text("name"))
        .setValue(text(field, how, field.text("value")))
        .build();
  }

  private static StringMatch text(Fields field, How how, String value) {
    return switch (how) {
      case EXACT -> Protos.exact(value);
      case PREFIX -> StringMatch.newBuilder().setPrefix(value).build();
      case REGEX -> {
        check(field, value);
        yield Protos.regex(value);
      }
    };
  }

  private static void check(Fields field, String regex) {
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      field.reject("value", "'%s' (expected: a regular expression)".formatted(regex));
    }
  }

  /** A gRPC method is a path: {@code /service/method}. */
  static HttpMatch grpc(Fields match) {
    HttpMatch.Builder builder = HttpMatch.newBuilder().setMethod("POST");
    match.optional("method").flatMap(HttpMatches::grpcPath).ifPresent(builder::setPath);
    match.list("headers").forEach(header -> builder.addHeaders(named(header)));
    return builder.build();
  }

  private static Optional<StringMatch> grpcPath(Fields method) {
    String service = method.text("service", "");
    String name = method.text("method", "");
    How how = method.choice("type", TEXTS, How.EXACT);
    if (service.isEmpty() && name.isEmpty()) {
      method.reject("service", "missing (expected: a service or a method)");
      return Optional.empty();
    }
    if (how == How.EXACT && !service.isEmpty()) {
      return Optional.of(
          name.isEmpty()
              ? StringMatch.newBuilder().setPrefix("/" + service).build()
              : Protos.exact("/" + service + "/" + name));
    }
    String anything = "[^/]+";
    String regex =
        "/"
            + (service.isEmpty() ? anything : quoted(how, service))
            + "/"
            + (name.isEmpty() ? anything : quoted(how, name));
    check(method, regex);
    return Optional.of(Protos.regex(regex));
  }

  private static String quoted(How how, String text) {
    // RE2 has no \Q…\E in all versions; names have no other special character than a dot.
    return how == How.REGEX ? text : text.replace(".", "\\.");
  }
}
