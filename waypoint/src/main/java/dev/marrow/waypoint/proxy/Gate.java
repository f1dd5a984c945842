package dev.marrow.waypoint.proxy;

import dev.marrow.waypoint.authorize.RequestFacts;
import dev.marrow.waypoint.authorize.Token;
import dev.marrow.waypoint.authorize.Verdict;
import dev.marrow.waypoint.filter.TokenCheck;
import dev.marrow.waypoint.report.Flag;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.RateLimit;
import java.util.List;

/**
 * Whether one request may go on: its token, the policies, who else is to be asked, and rate limits.
 * Either goes on with what it was given, or has the exchange answer. Confined to its event loop.
 */
final class Gate {
  private static final byte[] NO_BODY = {};

  private final Exchange exchange;
  private final Worker worker;

  Gate(Exchange exchange, Worker worker) {
    this.exchange = exchange;
    this.worker = worker;
  }

  /** Token and policies. */
  void open(Site.Bound bound, Runnable then) {
    if (bound.destination().jwt().isEmpty()) {
      authenticated(Token.NONE, then);
    } else {
      worker
          .tokens()
          .check(
              bound.destination().jwt(),
              exchange.request(),
              worker.loop(),
              check -> tokenChecked(check, then));
    }
  }

  private void tokenChecked(TokenCheck check, Runnable then) {
    if (exchange.over()) {
      return;
    }
    switch (check) {
      case TokenCheck.Verified verified -> authenticated(verified.token(), then);
      case TokenCheck.Absent absent -> authenticated(Token.NONE, then);
      case TokenCheck.Refused refused ->
          exchange.reply(401, Flag.UAEX, "jwt_authn_access_denied{" + refused.why() + "}");
    }
  }

  private void authenticated(Token token, Runnable then) {
    Site.Bound bound = exchange.bound();
    if (bound.destination().authorizer().isEmpty()) {
      then.run();
      return;
    }
    RequestFacts facts =
        RequestHeads.facts(exchange.request(), exchange.ledger(), exchange.client(), bound, token);
    verdict(
        bound.destination().authorizer().judge(facts, p -> worker.reports().onWatched(p.name())),
        facts,
        then);
  }

  private void verdict(Verdict verdict, RequestFacts facts, Runnable then) {
    switch (verdict) {
      case Verdict.Allowed allowed -> then.run();
      case Verdict.Denied denied -> exchange.reply(403, Flag.UAEX, denied.detail());
      case Verdict.Ask ask ->
          ask(
              ask.provider(),
              () ->
                  verdict(
                      exchange.bound().destination().authorizer().afterCustom(facts, ask.next()),
                      facts,
                      then));
    }
  }

  /** Asks one after the other, and goes on with {@code agreed} if all agree. */
  void ask(List<Filter.ExternalAuthorization> providers, Runnable agreed) {
    if (providers.isEmpty()) {
      agreed.run();
    } else {
      ask(providers.getFirst(), () -> ask(providers.subList(1, providers.size()), agreed));
    }
  }

  /** Asks {@code provider}, and goes on with {@code agreed} if he agrees. */
  void ask(Filter.ExternalAuthorization provider, Runnable agreed) {
    if (provider.body().bytes() == 0) {
      ask(provider, NO_BODY, agreed);
      return;
    }
    exchange
        .body()
        .begin(
            provider.body().bytes(),
            beginning -> {
              if (beginning.whole() || provider.body().partial()) {
                ask(provider, beginning.bytes(), agreed);
              } else {
                exchange.reply(413, Flag.UAEX, "ext_authz_body_too_large");
              }
            });
  }

  private void ask(Filter.ExternalAuthorization provider, byte[] shown, Runnable agreed) {
    ExternalCheck.start(
        worker,
        exchange.bound(),
        provider,
        exchange.request(),
        shown,
        exchange.client(),
        answer -> {
          if (exchange.over()) {
            return;
          }
          switch (answer) {
            case ExternalCheck.Answer.Agreed yes -> {
              yes.headers().applyTo(exchange.request());
              exchange.changeResponse(yes.onResponse());
              agreed.run();
            }
            case ExternalCheck.Answer.Refused no ->
                exchange.reply(
                    LocalReply.of(no.status(), no.headers(), no.body()),
                    Flag.UAEX,
                    "ext_authz_denied");
          }
        });
  }

  /** Goes on with {@code then} unless a limit says no. */
  void limited(List<RateLimit> limits, String route, Runnable then) {
    if (limits.isEmpty()) {
      then.run();
      return;
    }
    if (!worker.buckets().take(limits, exchange.request(), exchange.client().caller(), route)) {
      exchange.reply(429, Flag.RL, "local_rate_limited");
      return;
    }
    RateCheck.start(
        worker,
        exchange.bound(),
        exchange.client(),
        exchange.request(),
        route,
        limits,
        answer -> rated(answer, then));
  }

  private void rated(RateCheck.Answer answer, Runnable then) {
    if (exchange.over()) {
      return;
    }
    switch (answer) {
      case RateCheck.Answer.Admitted admitted -> {
        exchange.changeResponse(admitted.onResponse());
        then.run();
      }
      case RateCheck.Answer.Refused refused ->
          exchange.reply(LocalReply.rateLimited(refused.fields()), Flag.RL, "request_rate_limited");
      case RateCheck.Answer.Unanswered unanswered ->
          exchange.reply(500, Flag.LR, "rate_limiter_error{" + unanswered.why() + "}");
    }
  }
}
