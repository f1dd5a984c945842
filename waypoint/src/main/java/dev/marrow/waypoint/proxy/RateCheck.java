package dev.marrow.waypoint.proxy;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.filter.RateLimitMessages;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.RateLimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks rate-limit services, one after the other, with one question for all limits of one domain,
 * over Envoy's gRPC protocol. Confined to its event loop.
 */
final class RateCheck {
  private static final String METHOD =
      "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

  /** What comes of it. */
  sealed interface Answer {
    /** What the services want done to the response. */
    record Admitted(HeaderChange onResponse) implements Answer {}

    record Refused(List<LocalReply.Field> fields) implements Answer {}

    /** Nobody answered, and the limit does not let pass then. */
    record Unanswered(String why) implements Answer {}
  }

  private record Service(Backend backend, String domain) {}

  private final Worker worker;
  private final Site.Bound site;
  private final Client client;
  private final Headers request;
  private final String route;
  private final Consumer<Answer> done;
  private final List<HeaderChange.Field> onResponse = new ArrayList<>(0);

  private RateCheck(
      Worker worker,
      Site.Bound site,
      Client client,
      Headers request,
      String route,
      Consumer<Answer> done) {
    this.worker = worker;
    this.site = site;
    this.client = client;
    this.request = request;
    this.route = route;
    this.done = done;
  }

  /** Calls {@code done} exactly once, possibly inside this call. */
  static void start(
      Worker worker,
      Site.Bound site,
      Client client,
      Headers request,
      String route,
      List<RateLimit> limits,
      Consumer<Answer> done) {
    Map<Service, List<RateLimit.Global>> services = new LinkedHashMap<>();
    for (RateLimit limit : limits) {
      if (limit instanceof RateLimit.Global global) {
        services
            .computeIfAbsent(new Service(global.service(), global.domain()), s -> new ArrayList<>())
            .add(global);
      }
    }
    new RateCheck(worker, site, client, request, route, done)
        .ask(List.copyOf(services.values()), 0);
  }

  private void ask(List<List<RateLimit.Global>> services, int index) {
    if (index == services.size()) {
      done.accept(new Answer.Admitted(new HeaderChange(List.of(), onResponse, List.of())));
      return;
    }
    List<RateLimit.Global> limits = services.get(index);
    Optional<byte[]> question = RateLimitMessages.question(limits, request, client.caller(), route);
    if (question.isEmpty()) {
      ask(services, index + 1);
      return;
    }
    RateLimit.Global first = limits.getFirst();
    SideCall.start(
        worker,
        site,
        first.service(),
        client,
        SideCall.grpcHead(first.service(), "rls", METHOD),
        question.get(),
        true,
        first.timeout(),
        result -> answered(services, index, result));
  }

  private void answered(List<List<RateLimit.Global>> services, int index, SideCall.Result result) {
    Optional<RateLimitMessages.Decision> decision =
        result instanceof SideCall.Result.Answered answer && answer.succeeded()
            ? RateLimitMessages.answer(answer.body())
            : Optional.empty();
    if (decision.isEmpty()) {
      unanswered(services, index, result);
      return;
    }
    RateLimitMessages.Decision said = decision.get();
    if (!said.admitted()) {
      List<LocalReply.Field> fields = new ArrayList<>();
      said.onResponse().forEach(f -> fields.add(new LocalReply.Field(f.name(), f.value())));
      done.accept(new Answer.Refused(fields));
      return;
    }
    onResponse.addAll(said.onResponse());
    said.onRequest().forEach(field -> request.set(field.name(), field.value()));
    ask(services, index + 1);
  }

  private void unanswered(
      List<List<RateLimit.Global>> services, int index, SideCall.Result result) {
    RateLimit.Global strict =
        services.get(index).stream().filter(limit -> !limit.failOpen()).findFirst().orElse(null);
    worker.reports().onMalformed("rate_limit_unanswered");
    if (strict == null) {
      ask(services, index + 1);
    } else {
      String why = result instanceof SideCall.Result.Failed failed ? failed.why() : "no answer";
      done.accept(new Answer.Unanswered(strict.name() + ":" + why));
    }
  }
}
