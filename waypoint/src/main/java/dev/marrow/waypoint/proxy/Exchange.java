package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import dev.marrow.waypoint.report.Flag;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.RequestMatch;
import dev.marrow.waypoint.route.RouteTable;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.route.WeightedBackend;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, phase by phase: received, authorized, routed, connected, sent,
 * answered, done. Each phase is a method that either goes on to the next or answers the client
 * itself. Confined to its event loop; every exchange ends in exactly one report.
 */
final class Exchange implements StreamListener {
  private final Worker worker;
  private final Lookup lookup;
  private final Client client;
  private final MessageStream down;
  private final Headers request;
  private final Ledger ledger;
  private final RequestBody body;
  private final Gate gate;
  private final ResponseBody answer;
  private Phase phase = Phase.RECEIVED;
  private Site.@Nullable Bound site;
  private @Nullable Rule rule;
  private @Nullable WeightedBackend backend;
  private @Nullable Forwarding forwarding;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable ResponseHeads responseHeads;
  private boolean responseEnded;

  /** Neighbours in the worker's list of exchanges that run, and when something moved last. */
  @Nullable Exchange before;

  @Nullable Exchange after;
  private int movedAt;

  Exchange(Worker worker, Lookup lookup, MessageStream down, Headers request, boolean http2) {
    this.worker = worker;
    this.lookup = lookup;
    this.client = lookup.client();
    this.down = down;
    this.request = request;
    this.ledger = new Ledger(worker, lookup, request, http2);
    this.body = new RequestBody(this, down);
    this.gate = new Gate(this, worker);
    this.answer = new ResponseBody(worker, down, ledger);
  }

  /** Begins; the caller then hears of trailers and early resets through this. */
  void begin(boolean endStream) {
    worker.retries().begun();
    worker.running().add(this);
    moved();
    body.bodyless(endStream);
    switch (lookup.site()) {
      case Site.Bound bound -> received(bound);
      case Site.Unknown unknown -> {
        ledger.head(request);
        reply(unknown.status(), Flag.NFCF, unknown.reason());
      }
    }
  }

  private void received(Site.Bound bound) {
    site = bound;
    ledger.site(bound);
    RequestHeads.Refused refused =
        RequestHeads.prepare(request, bound.destination().normalization(), worker);
    ledger.head(request);
    if (refused != null) {
      reply(refused.status(), refused.flag(), refused.detail());
      return;
    }
    RequestHeads.identity(
        request, client, worker.options().identity(), bound.destination().forwardClientIdentity());
    gate.open(bound, this::authorized);
  }

  /** Somebody who was asked wants this done to the response, whatever it will be. */
  void changeResponse(HeaderChange change) {
    if (!change.add().isEmpty()) {
      ResponseHeads before = responseHeads;
      responseHeads = (before == null ? ResponseHeads.NONE : before).with(change);
    }
  }

  private void authorized() {
    phase = Phase.AUTHORIZED;
    Site.Bound bound = bound();
    gate.limited(bound.destination().rateLimits(), "", () -> route(bound));
  }

  private void route(Site.Bound bound) {
    RouteTable.Matched matched = bound.rules().routes().match(request);
    if (matched != null) {
      routed(matched.rule(), matched.match());
    } else if (bound.rules().routed()) {
      reply(404, Flag.NR, "route_not_found");
    } else {
      routed(Defaults.rule(bound), RequestMatch.ANY);
    }
  }

  private void routed(Rule found, RequestMatch match) {
    phase = Phase.ROUTED;
    rule = found;
    ledger.rule(found);
    gate.limited(found.rateLimits(), found.route(), () -> timed(found, match));
  }

  private void timed(Rule found, RequestMatch match) {
    startTimer(RequestHeads.timeout(request, found.timeouts().request()));
    Faults.Decision fault = Faults.decide(found.fault(), worker.random());
    if (fault.delay().isZero()) {
      afterDelay(found, match, fault);
    } else {
      ledger.flag(Flag.DI);
      worker
          .loop()
          .schedule(
              () -> afterDelay(found, match, fault), fault.delay().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void afterDelay(Rule found, RequestMatch match, Faults.Decision fault) {
    if (phase == Phase.DONE) {
      return;
    }
    if (fault.aborts()) {
      reply(LocalReply.fault(fault), Flag.FI, "fault_filter_abort");
      return;
    }
    WeightedBackend picked = Selection.backend(worker, bound(), found, request);
    backend = picked;
    FilterRun run = FilterRun.of(found, picked, match, request, bound());
    ResponseHeads before = responseHeads;
    responseHeads = before == null ? run.responseHeads() : before.with(run.responseHeads());
    gate.ask(run.asked(), () -> agreed(run));
  }

  private void agreed(FilterRun run) {
    switch (run.outcome()) {
      case FilterRun.Outcome.Forward forward -> forward(run);
      case FilterRun.Outcome.Answer answer -> reply(answer.reply(), null, answer.detail());
    }
  }

  private void forward(FilterRun run) {
    WeightedBackend picked = backend;
    if (picked == null || picked.backend() instanceof Backend.Unresolved) {
      reply(500, Flag.NC, "cluster_not_found");
      return;
    }
    Rule found = rule();
    run.mirrors()
        .forEach(mirror -> MirrorCall.start(worker, client, bound(), mirror, request, body));
    Forwarding next = new Forwarding(this, worker, found, picked.backend());
    forwarding = next;
    next.start();
  }

  // What the forwarding tells.

  void connected() {
    phase = Phase.CONNECTED;
  }

  void requestSent() {
    phase = Phase.REQUEST_SENT;
  }

  void interim(Headers headers) {
    if (phase != Phase.DONE) {
      down.sendHeaders(headers, false);
      down.flush();
    }
  }

  /** The response's head, to be passed on. */
  void respond(Headers headers, boolean endStream) {
    phase = Phase.RESPONDING;
    moved();
    responseEnded = endStream;
    ResponseHeads heads = responseHeads;
    if (heads != null) {
      heads.apply(headers, request);
    }
    boolean empty = endStream || request.valueIs(request.find(HeaderName.METHOD), "HEAD");
    answer.head(bound().destination().compression(), request, headers, empty);
    ledger.responded(headers);
    down.sendHeaders(headers, endStream);
    down.flush();
  }

  void responseFinished(@Nullable Headers trailers) {
    if (trailers != null) {
      ledger.trailers(trailers);
    }
    if (!responseEnded) {
      responseEnded = true;
      answer.finish(trailers);
    }
    done();
  }

  /** The endpoint failed after the response had begun: the client must see that it is not whole. */
  void responseBroken(Abort why, Flag flag) {
    ledger.flag(flag);
    ledger.detail(why.reason() + ":" + why.detail());
    down.reset(new Abort(Abort.Reason.RESET, why.detail()));
    done();
  }

  void forwardingFailed(int status, Flag flag, String detail) {
    reply(status, flag, detail);
  }

  // What the client does.

  @Override
  public void onTrailers(Headers trailers) {
    body.trailers(trailers);
  }

  @Override
  public void onReset(Abort why) {
    if (phase == Phase.DONE) {
      Forwarding open = forwarding;
      if (open != null) {
        // Nobody takes the rest of a response that had come whole.
        open.responseTaken(Integer.MAX_VALUE);
      }
      return;
    }
    ledger.flag(why.reason() == Abort.Reason.PROTOCOL ? Flag.DPE : Flag.DC);
    ledger.detail("downstream_" + why.reason() + " in " + phase);
    done();
  }

  private void startTimer(Duration timeout) {
    if (!timeout.isZero()) {
      timer = worker.loop().schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void timedOut() {
    if (phase == Phase.RESPONDING) {
      responseBroken(new Abort(Abort.Reason.TIMEOUT, "request timeout"), Flag.UT);
    } else if (phase != Phase.DONE) {
      reply(504, Flag.UT, "response_timeout");
    }
  }

  // Ends.

  void reply(int status, Flag flag, String detail) {
    reply(LocalReply.of(status, flag, detail), flag, detail);
  }

  void reply(LocalReply reply, @Nullable Flag flag, String detail) {
    if (flag != null) {
      ledger.flag(flag);
    }
    ledger.detail(detail + " in " + phase);
    Headers head = reply.head(request);
    ResponseHeads heads = responseHeads;
    if (heads != null) {
      heads.apply(head, request);
    }
    ledger.responded(head);
    ledger.sent(reply.bodyLength());
    reply.send(down, head, request);
    done();
  }

  private void done() {
    if (phase == Phase.DONE) {
      return;
    }
    Phase reached = phase;
    phase = Phase.DONE;
    ScheduledFuture<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
    }
    worker.retries().ended();
    worker.running().remove(this);
    ledger.received(body.received());
    body.end();
    int uncredited = answer.end();
    Forwarding open = forwarding;
    if (open != null) {
      open.responseTaken(uncredited);
      open.end();
    }
    ledger.close(reached);
  }

  /** Bytes of it moved, either way. */
  void moved() {
    movedAt = worker.running().tick();
  }

  int movedAt() {
    return movedAt;
  }

  /**
   * Nothing moved for too long. Streams of gRPC and WebSockets may rest, and whoever has sent all
   * of a request waits for its rule's timeouts only; half a request is given up.
   */
  void idle() {
    boolean mayRest =
        body.finished()
            || phase == Phase.RESPONDING
            || request.contains(HeaderName.PROTOCOL)
            || RequestHeads.grpc(request);
    if (!mayRest) {
      reply(408, Flag.SI, "stream_idle_timeout");
    }
  }

  // What the parts of an exchange share.

  boolean over() {
    return phase == Phase.DONE;
  }

  Site.Bound bound() {
    Site.Bound known = site;
    if (known == null) {
      throw new IllegalStateException("phase: " + phase + " (expected: a known destination)");
    }
    return known;
  }

  private Rule rule() {
    Rule known = rule;
    if (known == null) {
      throw new IllegalStateException("phase: " + phase + " (expected: ROUTED)");
    }
    return known;
  }

  Headers request() {
    return request;
  }

  Client client() {
    return client;
  }

  MessageStream down() {
    return down;
  }

  RequestBody body() {
    return body;
  }

  ResponseBody answer() {
    return answer;
  }

  Ledger ledger() {
    return ledger;
  }

  @Nullable Forwarding forwarding() {
    return forwarding;
  }
}
