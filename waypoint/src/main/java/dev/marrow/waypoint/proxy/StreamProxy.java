package dev.marrow.waypoint.proxy;

import dev.marrow.hbone.Relay;
import dev.marrow.hbone.RelayEnd;
import dev.marrow.hbone.RelaySettings;
import dev.marrow.http.Abort;
import dev.marrow.http.Headers;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.authorize.RequestFacts;
import dev.marrow.waypoint.authorize.Verdict;
import dev.marrow.waypoint.destination.StreamRule;
import dev.marrow.waypoint.report.ConnectionReport;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.upstream.Connector;
import dev.marrow.waypoint.upstream.Upstream;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection that carries no HTTP: authorized once, routed by its port or server name, and
 * relayed as bytes. Confined to its event loop.
 */
final class StreamProxy {
  private final Worker worker;
  private final Client client;
  private final String serverName;
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();
  private @Nullable Workload destination;
  private String serviceHost = "unknown";
  private String upstream = "-";
  private boolean relayed;

  StreamProxy(Worker worker, Client client, String serverName) {
    this.worker = worker;
    this.client = client;
    this.serverName = serverName;
  }

  void start(PeekedStream stream) {
    switch (worker.sites().find(client)) {
      case Site.Unknown unknown -> refuse(stream, unknown.reason());
      case Site.Bound bound -> authorize(stream, bound);
    }
  }

  private void authorize(PeekedStream stream, Site.Bound site) {
    serviceHost = Site.service(site.backend()).map(Service::hostname).orElse("unknown");
    RequestFacts facts = RequestFacts.ofConnection(client.caller(), site.address(), serverName);
    Verdict verdict =
        site.destination()
            .authorizer()
            .judge(facts, policy -> worker.reports().onWatched(policy.name()));
    switch (verdict) {
      case Verdict.Allowed allowed -> connect(stream, site);
      case Verdict.Denied denied -> refuse(stream, denied.detail());
      // Whoever is to be asked judges requests; without any there is nothing to ask.
      case Verdict.Ask ask -> refuse(stream, "custom policy on a connection without HTTP");
    }
  }

  private void connect(PeekedStream stream, Site.Bound site) {
    Selection selection =
        Selection.of(
            worker,
            site,
            backend(site),
            new Headers(1, 0),
            client,
            false,
            Set.of(),
            Affinity.none());
    switch (selection) {
      case Selection.Nobody nobody -> refuse(stream, nobody.reason());
      case Selection.Selected selected -> {
        destination = selected.workload();
        upstream = selected.upstream().address();
        Upstream plain = new Upstream(selected.upstream().path(), false, selected.upstream().tls());
        worker
            .pool()
            .connect(
                plain,
                selected.traffic().pool().connectTimeout(),
                result -> connected(stream, result));
      }
    }
  }

  private Backend backend(Site.Bound site) {
    List<StreamRule> rules =
        serverName.isEmpty() || site.rules().tls().isEmpty()
            ? site.rules().tcp()
            : site.rules().tls();
    StreamRule rule = StreamRule.find(rules, serverName);
    if (rule != null) {
      return rule.pick(worker.random());
    }
    return rules.isEmpty()
        ? Defaults.rule(site).backends().getFirst().backend()
        : new Backend.Unresolved();
  }

  private void connected(PeekedStream stream, Connector.Result result) {
    switch (result) {
      case Connector.Result.Failed failed -> refuse(stream, failed.failure().detail());
      case Connector.Result.Opened opened -> {
        worker.relayed(1);
        relayed = true;
        worker.reports().onOpened(facts("-", 0, 0));
        Relay.start(stream, opened.stream(), RelaySettings.NO_TIMERS, this::ended);
      }
    }
  }

  private void refuse(PeekedStream stream, String why) {
    stream.reset(new Abort(Abort.Reason.POLICY, why));
    report(why, 0, 0);
  }

  private void ended(RelayEnd end) {
    worker.relayed(-1);
    switch (end) {
      case RelayEnd.Finished finished -> report("-", end.fromLeft(), end.fromRight());
      case RelayEnd.Aborted aborted ->
          report(aborted.by() + "_" + aborted.why().reason(), end.fromLeft(), end.fromRight());
    }
  }

  private void report(String outcome, long received, long sent) {
    worker.reports().onConnection(facts(outcome, received, sent));
  }

  private ConnectionReport facts(String outcome, long received, long sent) {
    return new ConnectionReport(
        start,
        relayed,
        System.nanoTime() - startNanos,
        outcome,
        received,
        sent,
        upstream,
        client.remote().getHostString() + ":" + client.remote().getPort(),
        client.caller().principal(),
        serviceHost,
        worker
            .sites()
            .view()
            .workload(worker.sites().network(), client.remote().getAddress())
            .orElse(null),
        destination);
  }
}
