package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.filter.CorsHeaders;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.PathChange;
import dev.marrow.waypoint.route.RequestMatch;
import dev.marrow.waypoint.route.RequestTexts;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.route.WeightedBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Applies the filters of a rule, then those of the backend that was picked, to a request's head.
 */
final class FilterRun {
  /** What comes of it. */
  sealed interface Outcome {
    record Forward() implements Outcome {}

    record Answer(LocalReply reply, String detail) implements Outcome {}
  }

  private final Headers request;
  private final RequestMatch match;
  private final int port;
  private final List<HeaderChange> responseChanges = new ArrayList<>(0);
  private final List<Filter.Cors> cors = new ArrayList<>(0);
  private final List<Filter.Mirror> mirrors = new ArrayList<>(0);
  private final List<Filter.ExternalAuthorization> asked = new ArrayList<>(0);
  private Outcome outcome = new Outcome.Forward();

  private FilterRun(Headers request, RequestMatch match, int port) {
    this.request = request;
    this.match = match;
    this.port = port;
  }

  static FilterRun of(
      Rule rule, WeightedBackend backend, RequestMatch match, Headers request, Site.Bound site) {
    FilterRun run = new FilterRun(request, match, site.port());
    rule.filters().forEach(run::apply);
    backend.filters().forEach(run::apply);
    return run;
  }

  /** Who has to agree before that. */
  List<Filter.ExternalAuthorization> asked() {
    return asked;
  }

  Outcome outcome() {
    return outcome;
  }

  ResponseHeads responseHeads() {
    return responseChanges.isEmpty() && cors.isEmpty()
        ? ResponseHeads.NONE
        : new ResponseHeads(responseChanges, cors);
  }

  List<Filter.Mirror> mirrors() {
    return mirrors;
  }

  private void apply(Filter filter) {
    if (outcome instanceof Outcome.Answer) {
      return;
    }
    switch (filter) {
      case Filter.RequestHeaders headers -> headers.change().applyTo(request);
      case Filter.ResponseHeaders headers -> responseChanges.add(headers.change());
      case Filter.Redirect redirect -> outcome = new Outcome.Answer(redirect(redirect), "redirect");
      case Filter.Rewrite rewrite -> rewrite(rewrite);
      case Filter.Mirror mirror -> mirrors.add(mirror);
      case Filter.Cors rule -> cors(rule);
      case Filter.DirectResponse direct ->
          outcome =
              new Outcome.Answer(
                  LocalReply.of(direct.status(), List.of(), direct.body()), "direct_response");
      case Filter.ExternalAuthorization provider -> asked.add(provider);
    }
  }

  private void cors(Filter.Cors rule) {
    Optional<List<HeaderChange.Field>> preflight = CorsHeaders.preflight(rule, request);
    if (preflight.isPresent()) {
      List<LocalReply.Field> fields =
          preflight.get().stream().map(f -> new LocalReply.Field(f.name(), f.value())).toList();
      // Browsers send no credentials with these: nobody could agree to one.
      asked.clear();
      outcome = new Outcome.Answer(LocalReply.of(200, fields, ""), "cors_preflight");
    } else {
      cors.add(rule);
    }
  }

  private void rewrite(Filter.Rewrite rewrite) {
    if (!rewrite.hostname().isEmpty()) {
      HeaderChange.authority(request, rewrite.hostname());
    }
    PathChange change = rewrite.path();
    if (change != null) {
      String target = RequestTexts.target(request);
      HeaderChange.path(request, change.applyTo(target, covered(target)));
    }
  }

  private int covered(String target) {
    int mark = target.indexOf('?');
    int length = mark < 0 ? target.length() : mark;
    return Math.min(match.path().prefixLength(), length);
  }

  private LocalReply redirect(Filter.Redirect redirect) {
    String scheme = redirect.scheme().isEmpty() ? "http" : redirect.scheme();
    String host =
        redirect.hostname().isEmpty() ? RequestTexts.withoutPort(authority()) : redirect.hostname();
    int to = redirect.port();
    if (to == 0) {
      to = redirect.scheme().isEmpty() ? port : redirect.scheme().equals("https") ? 443 : 80;
    }
    boolean usual = scheme.equals("http") && to == 80 || scheme.equals("https") && to == 443;
    String target = RequestTexts.target(request);
    PathChange change = redirect.path();
    String path = change == null ? target : change.applyTo(target, covered(target));
    String location = scheme + "://" + host + (usual ? "" : ":" + to) + path;
    LocalReply.Field field = new LocalReply.Field(HeaderName.of("location"), location);
    return LocalReply.of(redirect.status(), List.of(field), "");
  }

  private String authority() {
    int index = request.find(HeaderName.AUTHORITY);
    return index < 0 ? "" : request.value(index);
  }
}
