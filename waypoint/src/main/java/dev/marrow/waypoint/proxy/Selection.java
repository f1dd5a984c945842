package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.AppProtocol;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.PortRules;
import dev.marrow.waypoint.destination.Traffic;
import dev.marrow.waypoint.filter.Cookies;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.BackendTls;
import dev.marrow.waypoint.route.QueryText;
import dev.marrow.waypoint.route.RequestTexts;
import dev.marrow.waypoint.route.Rule;
import dev.marrow.waypoint.route.Session;
import dev.marrow.waypoint.route.WeightedBackend;
import dev.marrow.waypoint.upstream.Balancing;
import dev.marrow.waypoint.upstream.Choice;
import dev.marrow.waypoint.upstream.Hashes;
import dev.marrow.waypoint.upstream.Scope;
import dev.marrow.waypoint.upstream.Upstream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns a backend into one endpoint and the way to speak to it. */
sealed interface Selection {
  /** What is known when a backend has become an endpoint. */
  record Selected(Upstream upstream, Workload workload, @Nullable Scope scope, Traffic traffic)
      implements Selection {}

  record Nobody(String reason) implements Selection {}

  HeaderName COOKIE = HeaderName.of("cookie");

  /**
   * @param affinity what ties the request to an endpoint
   */
  static Selection of(
      Worker worker,
      Site.Bound site,
      Backend backend,
      Headers request,
      Client client,
      boolean http2,
      Set<String> tried,
      Affinity affinity) {
    return switch (backend) {
      case Backend.Unresolved unresolved -> new Nobody("backend is not resolved");
      case Backend.OriginalWorkload original -> original(worker, site, request, http2);
      case Backend.OfService of ->
          service(worker, site, of, request, client, http2, tried, affinity);
    };
  }

  private static Selection original(
      Worker worker, Site.Bound site, Headers request, boolean http2) {
    if (!(site.backend() instanceof Site.Behind.OfWorkload(Workload workload))) {
      return new Nobody("destination is a service");
    }
    Choice choice = worker.balancing().workload(workload, site.address().getAddress(), site.port());
    return selected(
        choice,
        null,
        site.destination().traffic(),
        http2(site.rules().protocol(), request, http2),
        null);
  }

  private static Selection service(
      Worker worker,
      Site.Bound site,
      Backend.OfService backend,
      Headers request,
      Client client,
      boolean http2,
      Set<String> tried,
      Affinity affinity) {
    MeshView view = worker.sites().view();
    Optional<Service> found = view.service(backend.service());
    if (found.isEmpty()) {
      return new Nobody("service is not known");
    }
    Service service = found.get();
    Destination rules = worker.sites().destination(service.key());
    Traffic general = general(site, service, rules);
    Traffic.Subset subset = general.subsets().get(backend.subset());
    if (!backend.subset().isEmpty() && subset == null) {
      return new Nobody("subset is not known");
    }
    Traffic all = subset == null || subset.traffic() == null ? general : subset.traffic();
    Traffic traffic = all.at(backend.port());
    Scope scope = scope(service.key(), backend, general, all, traffic);
    String sticky = affinity.sticky();
    OptionalLong hash =
        sticky.isEmpty()
            ? hash(traffic.balancing().key(), request, client, affinity, worker)
            : OptionalLong.empty();
    Balancing balancing = worker.balancing();
    Choice choice =
        sticky.isEmpty() || tried.contains(sticky)
            ? balancing.choose(view, service, scope, backend.port(), traffic, subset, hash, tried)
            : balancing
                .sticky(view, service, scope, backend.port(), subset, sticky)
                .orElseGet(() ->
                    balancing.choose(
                        view, service, scope, backend.port(), traffic, subset, hash, tried));
    AppProtocol declared =
        service.ports().find(backend.port()).map(p -> p.protocol()).orElse(AppProtocol.UNKNOWN);
    Destination own = service.key().equals(ownKey(site)) ? site.destination() : rules;
    PortRules port = own == null ? null : own.port(backend.port());
    boolean upHttp2 =
        declared == AppProtocol.UNKNOWN && port != null
            ? http2(port.protocol(), request, http2)
            : http2(declared, request, http2);
    return selected(choice, scope, traffic, upHttp2, tls(service, backend, port, traffic));
  }

  private static Traffic general(Site.Bound site, Service service, @Nullable Destination rules) {
    return rules == null
        ? (service.key().equals(ownKey(site)) ? site.destination().traffic() : Traffic.STANDARD)
        : rules.traffic();
  }

  /** The backend where the client's session is, if it gets any requests; else one by weight. */
  static WeightedBackend backend(Worker worker, Site.Bound site, Rule rule, Headers request) {
    Session session = rule.session();
    if (session != null && rule.backends().size() > 1) {
      String uid = Sessions.read(session, request, Instant.now());
      for (WeightedBackend backend : rule.backends()) {
        if (!uid.isEmpty() && backend.weight() > 0 && has(worker, site, backend.backend(), uid)) {
          return backend;
        }
      }
    }
    return rule.pick(worker.random());
  }

  private static boolean has(Worker worker, Site.Bound site, Backend backend, String uid) {
    MeshView view = worker.sites().view();
    if (!(backend instanceof Backend.OfService of) || view.service(of.service()).isEmpty()) {
      return false;
    }
    Service service = view.service(of.service()).get();
    Traffic general = general(site, service, worker.sites().destination(service.key()));
    Traffic.Subset subset = general.subsets().get(of.subset());
    return (of.subset().isEmpty() || subset != null)
        && Balancing.endpoint(view, service, of.port(), subset, uid) != null;
  }

  private static Scope scope(
      ServiceKey service,
      Backend.OfService backend,
      Traffic general,
      Traffic ofSubset,
      Traffic ofPort) {
    if (ofPort == general) {
      return Scope.of(service);
    }
    String port = ofPort == ofSubset ? "" : ":" + backend.port();
    return new Scope(service, (ofSubset == general ? "" : backend.subset()) + port);
  }

  /** What is said of the backend goes before what is said of its port and of all of it. */
  private static @Nullable BackendTls tls(
      Service service, Backend.OfService backend, @Nullable PortRules port, Traffic traffic) {
    BackendTls ofPort = port == null ? null : port.backendTls();
    BackendTls tls =
        backend.tls() != null ? backend.tls() : ofPort != null ? ofPort : traffic.tls();
    return tls == null ? null : tls.orNamed(service.hostname());
  }

  private static @Nullable ServiceKey ownKey(Site.Bound site) {
    return site.backend() instanceof Site.Behind.OfService(Service service) ? service.key() : null;
  }

  private static Selection selected(
      Choice choice,
      @Nullable Scope scope,
      Traffic traffic,
      boolean http2,
      @Nullable BackendTls tls) {
    return switch (choice) {
      case Choice.Chosen chosen ->
          new Selected(new Upstream(chosen.path(), http2, tls), chosen.workload(), scope, traffic);
      case Choice.Nobody nobody -> new Nobody(nobody.reason());
    };
  }

  /** What nobody declared is spoken as the client speaks. gRPC is HTTP/2 or nothing. */
  private static boolean http2(AppProtocol declared, Headers request, boolean client) {
    return switch (declared) {
      case HTTP2, GRPC -> true;
      case HTTP11 -> RequestHeads.grpc(request);
      case UNKNOWN, TCP, TLS -> client || RequestHeads.grpc(request);
    };
  }

  private static boolean http2(PortRules.Protocol declared, Headers request, boolean client) {
    return switch (declared) {
      case HTTP2, GRPC -> true;
      case HTTP1 -> RequestHeads.grpc(request);
      case UNDECLARED, TCP, TLS -> client || RequestHeads.grpc(request);
    };
  }

  private static OptionalLong hash(
      Traffic.HashKey key, Headers request, Client client, Affinity affinity, Worker worker) {
    Optional<String> text =
        switch (key) {
          case Traffic.HashKey.None none -> Optional.empty();
          case Traffic.HashKey.Header header -> request.first(header.name());
          case Traffic.HashKey.Cookie cookie ->
              Cookies.value(request, COOKIE, cookie.name())
                  .or(() ->
                      cookie.ttl().isZero()
                          ? Optional.empty()
                          : Optional.of(affinity.cookie(worker.random())));
          case Traffic.HashKey.SourceIp ip ->
              Optional.of(client.remote().getAddress().getHostAddress());
          case Traffic.HashKey.QueryParameter parameter ->
              QueryText.parameter(RequestTexts.query(request), parameter.name());
        };
    return text.map(t -> OptionalLong.of(Hashes.of(t))).orElse(OptionalLong.empty());
  }
}
