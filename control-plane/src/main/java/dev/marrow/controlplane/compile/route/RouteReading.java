package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.HttpBackend;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.TcpBackend;
import dev.marrow.proto.waypoint.TcpRule;
import dev.marrow.proto.waypoint.TlsRule;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads HTTPRoute, GRPCRoute, TCPRoute and TLSRoute strictly. */
public final class RouteReading {
  private final KubeObject route;
  private final List<String> errors;
  private final BackendResolver backends;

  private RouteReading(KubeObject route, List<String> errors, BackendResolver backends) {
    this.route = route;
    this.errors = errors;
    this.backends = backends;
  }

  /** Reads {@code object} without finding its backends; what is wrong is added to errors. */
  public static RouteFacts read(KubeObject object, List<String> errors) {
    return read(object, errors, BackendResolver.NOWHERE);
  }

  static RouteFacts read(KubeObject object, List<String> errors, BackendResolver backends) {
    return new RouteReading(object, errors, backends).read();
  }

  private RouteFacts read() {
    Fields spec = Fields.of(route.spec(), "spec", errors);
    spec.ignore("useDefaultGateways");
    List<ParentReference> parents = parents(spec);
    List<String> hostnames = spec.texts("hostnames");
    List<HttpRule> http = new ArrayList<>();
    List<TcpRule> tcp = new ArrayList<>();
    List<TlsRule> tls = new ArrayList<>();
    List<Fields> rules = spec.list("rules");
    for (int i = 0; i < rules.size(); i++) {
      Fields rule = rules.get(i);
      switch (route.kind()) {
        case "HTTPRoute" -> http.add(httpRule(rule, i));
        case "GRPCRoute" -> http.add(grpcRule(rule, i));
        case "TCPRoute" ->
            tcp.add(TcpRule.newBuilder().setRoute(name()).addAllBackends(tcp(rule)).build());
        default ->
            tls.add(
                TlsRule.newBuilder()
                    .setRoute(name())
                    .addAllHostnames(hostnames)
                    .addAllBackends(tcp(rule))
                    .build());
      }
    }
    spec.done();
    return new RouteFacts(route.key(), route.createdAt(), parents, hostnames, http, tcp, tls);
  }

  private String name() {
    return route.namespace() + "/" + route.name();
  }

  private List<ParentReference> parents(Fields spec) {
    List<ParentReference> parents = new ArrayList<>();
    JsonNode written = spec.raw("parentRefs");
    List<Fields> refs = spec.list("parentRefs");
    for (int i = 0; i < refs.size(); i++) {
      parents.add(ParentReference.read(refs.get(i), written.path(i), route.namespace()));
    }
    return parents;
  }

  private HttpRule httpRule(Fields rule, int index) {
    HttpRule.Builder builder = common(rule, index);
    rule.list("matches").forEach(match -> builder.addMatches(HttpMatches.http(match)));
    rule.optional("timeouts").map(HttpExtras::timeouts).ifPresent(builder::setTimeouts);
    rule.optional("retry").map(HttpExtras::retry).ifPresent(builder::setRetry);
    boolean redirects = builder.getFiltersList().stream().anyMatch(HttpFilter::hasRedirect);
    if (redirects && builder.getBackendsCount() > 0) {
      rule.reject("backendRefs", "with a redirect (expected: one of the two)");
    }
    return builder.build();
  }

  private HttpRule grpcRule(Fields rule, int index) {
    HttpRule.Builder builder = common(rule, index).setGrpc(true);
    rule.list("matches").forEach(match -> builder.addMatches(HttpMatches.grpc(match)));
    return builder.build();
  }

  private HttpRule.Builder common(Fields rule, int index) {
    HttpRule.Builder builder =
        HttpRule.newBuilder().setRoute(name()).setRule(rule.text("name", Integer.toString(index)));
    HttpFilters filters = new HttpFilters(backends);
    rule.list("filters").forEach(filter -> filters.read(filter).ifPresent(builder::addFilters));
    for (Fields ref : rule.list("backendRefs")) {
      HttpBackend.Builder backend =
          HttpBackend.newBuilder()
              .setWeight(ref.number("weight", 1, 0, 1_000_000))
              .setBackend(backends.resolve(ObjectReference.read(ref)));
      ref.list("filters").forEach(filter -> filters.read(filter).ifPresent(backend::addFilters));
      builder.addBackends(backend);
    }
    rule.optional("sessionPersistence").map(HttpExtras::session).ifPresent(builder::setSession);
    return builder;
  }

  private List<TcpBackend> tcp(Fields rule) {
    rule.ignore("name");
    List<TcpBackend> list = new ArrayList<>();
    for (Fields ref : rule.list("backendRefs")) {
      list.add(
          TcpBackend.newBuilder()
              .setWeight(ref.number("weight", 1, 0, 1_000_000))
              .setBackend(backends.resolve(ObjectReference.read(ref)))
              .build());
    }
    return list;
  }
}
