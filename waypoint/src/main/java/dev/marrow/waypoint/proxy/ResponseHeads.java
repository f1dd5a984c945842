package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.filter.CorsHeaders;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.HeaderChange;
import java.util.ArrayList;
import java.util.List;

/** What a rule's filters do to the response's head. */
record ResponseHeads(List<HeaderChange> changes, List<Filter.Cors> cors) {
  static final ResponseHeads NONE = new ResponseHeads(List.of(), List.of());

  ResponseHeads {
    changes = List.copyOf(changes);
    cors = List.copyOf(cors);
  }

  /** These, and then {@code change}. */
  ResponseHeads with(HeaderChange change) {
    return with(new ResponseHeads(List.of(change), List.of()));
  }

  /** These, and then {@code more}. */
  ResponseHeads with(ResponseHeads more) {
    List<HeaderChange> all = new ArrayList<>(changes);
    all.addAll(more.changes);
    List<Filter.Cors> rules = new ArrayList<>(cors);
    rules.addAll(more.cors);
    return new ResponseHeads(all, rules);
  }

  void apply(Headers response, Headers request) {
    for (Filter.Cors rule : cors) {
      CorsHeaders.onResponse(rule, request, response);
    }
    for (HeaderChange change : changes) {
      change.applyTo(response);
    }
  }

  static int status(Headers response) {
    int index = response.find(HeaderName.STATUS);
    byte[] bytes = response.array();
    int start = response.valueStart(index);
    return (bytes[start] - '0') * 100 + (bytes[start + 1] - '0') * 10 + bytes[start + 2] - '0';
  }
}
