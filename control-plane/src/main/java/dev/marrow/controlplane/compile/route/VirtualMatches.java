package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.HttpMatch;
import dev.marrow.proto.waypoint.NamedMatch;
import dev.marrow.proto.waypoint.StringMatch;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the matches of a VirtualService. */
final class VirtualMatches {
  /** A match, for requests to {@code port} only; 0: to any. */
  record Match(HttpMatch match, int port) {}

  private VirtualMatches() {}

  /**
   * None where the match is not for waypoints, or has a condition that we cannot judge: without it
   * the rule would catch more than was meant.
   */
  static Optional<Match> read(Fields match) {
    HttpMatch.Builder builder = HttpMatch.newBuilder();
    boolean ignoreCase = match.flag("ignoreUriCase", false);
    match
        .optional("uri")
        .map(uri -> path(uri).setIgnoreCase(ignoreCase).build())
        .ifPresent(builder::setPath);
    pseudo(match, "method", builder);
    pseudo(match, "authority", builder);
    pseudo(match, "scheme", builder);
    Fields headers = match.object("headers");
    headers.names().stream()
        .sorted()
        .forEach(name -> builder.addHeaders(named(name, headers.object(name), false)));
    Fields without = match.object("withoutHeaders");
    without.names().stream()
        .sorted()
        .forEach(name -> builder.addHeaders(named(name, without.object(name), true)));
    Fields query = match.object("queryParams");
    query.names().stream()
        .sorted()
        .forEach(name -> builder.addQuery(named(name, query.object(name), false)));
    List<String> gateways = match.texts("gateways");
    int port = match.number("port", 0, 0, 65_535);
    boolean judged = !match.has("sourceLabels") && !match.has("sourceNamespace");
    match.ignore("name", "statPrefix").unsupported("sourceLabels", "sourceNamespace");
    return judged && forWaypoints(gateways)
        ? Optional.of(new Match(builder.build(), port))
        : Optional.empty();
  }

  /** {@code mesh} stands for everybody who is no ingress; it is meant where nothing is said. */
  static boolean forWaypoints(List<String> gateways) {
    return gateways.isEmpty() || gateways.contains("mesh");
  }

  private static void pseudo(Fields match, String name, HttpMatch.Builder into) {
    if (!match.has(name)) {
      return;
    }
    Fields text = match.object(name);
    if (name.equals("method") && text.has("exact")) {
      into.setMethod(text.text("exact"));
    } else {
      into.addHeaders(named(":" + name, text, false));
    }
  }

  private static NamedMatch named(String name, Fields text, boolean invert) {
    return NamedMatch.newBuilder().setName(name).setValue(text(text)).setInvert(invert).build();
  }

  /** A prefix is one of the text, whatever segments it ends in; {@code /} is everything. */
  private static StringMatch.Builder path(Fields uri) {
    StringMatch.Builder text = text(uri);
    if (text.hasPrefix() && !text.getPrefix().equals("/")) {
      text.setTextPrefix(text.getPrefix());
    }
    boolean rooted =
        switch (text.getKindCase()) {
          case EXACT -> text.getExact().startsWith("/");
          case TEXT_PREFIX -> text.getTextPrefix().startsWith("/");
          case PREFIX, SUFFIX, REGEX, PRESENT, KIND_NOT_SET -> true;
        };
    if (!rooted) {
      uri.reject(uri.has("exact") ? "exact" : "prefix", "expected: a slash in front");
    }
    return text;
  }

  static StringMatch.Builder text(Fields text) {
    StringMatch.Builder builder = StringMatch.newBuilder();
    if (text.has("exact")) {
      return builder.setExact(text.text("exact"));
    }
    if (text.has("prefix")) {
      return builder.setPrefix(text.text("prefix"));
    }
    if (!text.has("regex")) {
      return builder.setPresent(true);
    }
    String regex = text.text("regex");
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      text.reject("regex", "'%s' (expected: a regular expression)".formatted(regex));
    }
    return builder.setRegex(regex);
  }
}
