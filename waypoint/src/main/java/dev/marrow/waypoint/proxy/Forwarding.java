package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.destination.TelemetryRules;
import dev.marrow.waypoint.report.Flag;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.Retry;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.route.Session;
import dev.marrow.waypoint.upstream.Circuit;
import dev.marrow.waypoint.upstream.ConnectFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gets a request answered by an endpoint of its backend: chooses one, tries it, and tries another
 * where the rule says so and nothing of a response has gone to the client. Confined to its loop.
 */
final class Forwarding {
  private final Exchange exchange;
  private final Worker worker;
  private final Rule rule;
  private final Backend backend;
  private final Set<String> tried = new HashSet<>(0);

  /** Whose numbers of retries count this request. */
  private final List<Circuit.Gauge> taken = new ArrayList<>(0);

  private final Affinity affinity;
  private @Nullable Attempt attempt;
  private int retries;
  private boolean ended;

  Forwarding(Exchange exchange, Worker worker, Rule rule, Backend backend) {
    this.exchange = exchange;
    this.worker = worker;
    this.rule = rule;
    this.backend = backend;
    Session session = rule.session();
    this.affinity =
        new Affinity(
            session == null ? "" : Sessions.read(session, exchange.request(), Instant.now()));
  }

  void start() {
    if (rule.retry().attempts() == 0) {
      exchange.body().forget();
    }
    TelemetryRules telemetry = exchange.bound().destination().telemetry();
    double percent = telemetry.sampling().orElse(worker.options().samplingPercent());
    exchange.ledger().trace(Tracing.propagate(exchange.request(), percent, worker.random()));
    attempt();
  }

  private void attempt() {
    if (ended) {
      return;
    }
    Selection selection =
        Selection.of(
            worker,
            exchange.bound(),
            backend,
            exchange.request(),
            exchange.client(),
            exchange.ledger().http2(),
            tried,
            affinity);
    switch (selection) {
      case Selection.Selected selected -> {
        Duration perTry = rule.retry().perTry();
        Duration limit = perTry.isZero() ? rule.timeouts().backendRequest() : perTry;
        Attempt next = new Attempt(this, exchange, worker, selected, limit);
        attempt = next;
        exchange.ledger().endpoint(selected.workload(), selected.upstream());
        next.start();
      }
      case Selection.Nobody nobody when !tried.isEmpty() -> {
        // All have been tried: rather one of them again than none.
        tried.clear();
        attempt();
      }
      case Selection.Nobody nobody ->
          exchange.forwardingFailed(503, Flag.UH, "no_healthy_upstream{" + nobody.reason() + "}");
    }
  }

  /** The attempt got no connection: nothing was sent, so that anything may be tried again. */
  void connectFailed(Attempt failed, ConnectFailure failure) {
    boolean wanted = rule.retry().conditions().contains(Retry.Condition.CONNECT_FAILURE);
    // A limit of ours is not to be got around by trying again.
    if (!wanted || failure.flag() == Flag.UO || !again(failed)) {
      exchange.forwardingFailed(
          503, failure.flag(), "upstream_reset_before_response_started{" + failure.detail() + "}");
    }
  }

  /** The stream ended before the response's head. */
  void reset(Attempt failed, Abort why, boolean sent) {
    if (!Retries.afterReset(rule.retry(), why, sent, exchange.request()) || !again(failed)) {
      Flag flag = flag(why);
      int status = flag == Flag.UT ? 504 : flag == Flag.UPE ? 502 : 503;
      exchange.forwardingFailed(
          status,
          flag,
          "upstream_reset_before_response_started{" + why.reason() + ":" + why.detail() + "}");
    }
  }

  private static Flag flag(Abort why) {
    return switch (why.reason()) {
      case CONNECTION_LOST, TRUNCATED, DRAIN -> Flag.UC;
      case RESET, CANCELLED, REFUSED, FLOOD, POLICY -> Flag.UR;
      case TIMEOUT -> Flag.UT;
      case PROTOCOL -> Flag.UPE;
      case INTERNAL -> Flag.LR;
    };
  }

  /** Whether the response is not passed on because another attempt is made instead. */
  boolean retried(Attempt answered, Headers response) {
    return Retries.afterResponse(rule.retry(), response) && again(answered);
  }

  private boolean again(Attempt failed) {
    boolean possible = retries < rule.retry().attempts() && exchange.body().replayable();
    if (ended || !possible || !worker.retries().take() || !admitted(failed)) {
      if (retries > 0 && retries >= rule.retry().attempts()) {
        exchange.ledger().flag(Flag.URX);
      }
      return false;
    }
    tried.add(failed.workload().uid());
    failed.abandon();
    attempt = null;
    exchange.body().detach();
    long backoff = Retries.backoffNanos(rule.retry(), retries++, worker.random());
    worker.loop().schedule(this::attempt, backoff, TimeUnit.NANOSECONDS);
    return true;
  }

  /** The budget of this loop was asked before; now the service's own limit. */
  private boolean admitted(Attempt failed) {
    Circuit.Gauge retrying = worker.circuit(failed.scope()).retries();
    if (!retrying.take(failed.traffic().pool().maxRetries())) {
      worker.retries().give();
      exchange.ledger().flag(Flag.UO);
      return false;
    }
    taken.add(retrying);
    return true;
  }

  /** The head goes to the client now: from here on nothing is tried again. */
  void committed(Attempt answered, Headers response) {
    exchange.body().forget();
    Session session = rule.session();
    if (session != null) {
      Sessions.write(
          session, response, answered.workload().uid(), affinity.sticky(), Instant.now());
    }
    affinity.write(answered.traffic().balancing().key(), response);
  }

  /** The client took {@code bytes} of the response. */
  void responseTaken(int bytes) {
    Attempt current = attempt;
    if (current != null) {
      current.responseTaken(bytes);
    }
  }

  /** The exchange is over, one way or another. */
  void end() {
    ended = true;
    for (Circuit.Gauge retrying : taken) {
      retrying.give();
      worker.retries().give();
    }
    taken.clear();
    Attempt current = attempt;
    if (current != null) {
      current.abandon();
    }
  }
}
