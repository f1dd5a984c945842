package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.Fault;
import dev.marrow.proto.waypoint.HttpFilter;
import dev.marrow.proto.waypoint.HttpMatch;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.TcpRule;
import dev.marrow.proto.waypoint.TlsRule;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a VirtualService. Its rules hold where no route of Gateway API is attached; where one is,
 * the faults and header changes of a rule without matches come on top of that.
 */
public final class VirtualReading {
  /** The hosts as written, and what is to be done with requests to them. */
  record Virtual(
      List<String> hosts,
      List<PortRule> rules,
      Optional<Extras> extras,
      List<VirtualStreams.PortTcp> tcp,
      List<VirtualStreams.PortTls> tls) {
    static final Virtual NOTHING =
        new Virtual(List.of(), List.of(), Optional.empty(), List.of(), List.of());

    Virtual {
      hosts = List.copyOf(hosts);
      rules = List.copyOf(rules);
      tcp = List.copyOf(tcp);
      tls = List.copyOf(tls);
    }

    boolean saysNothing() {
      return rules.isEmpty() && tcp.isEmpty() && tls.isEmpty();
    }

    /** For one port, in their order. */
    List<HttpRule> rules(int port) {
      return rules.stream()
          .filter(rule -> rule.port() == 0 || rule.port() == port)
          .map(PortRule::rule)
          .toList();
    }

    List<TcpRule> tcp(int port) {
      return tcp.stream()
          .filter(rule -> rule.port() == 0 || rule.port() == port)
          .map(VirtualStreams.PortTcp::rule)
          .toList();
    }

    List<TlsRule> tls(int port) {
      return tls.stream()
          .filter(rule -> rule.port() == 0 || rule.port() == port)
          .map(VirtualStreams.PortTls::rule)
          .toList();
    }
  }

  /** A rule for requests to {@code port}; 0: to any. */
  record PortRule(int port, HttpRule rule) {}

  /** What comes on top of every rule. */
  record Extras(Optional<Fault> fault, List<HttpFilter> filters) {
    Extras {
      filters = List.copyOf(filters);
    }

    HttpRule onto(HttpRule rule) {
      HttpRule.Builder builder = rule.toBuilder().addAllFilters(filters);
      fault.ifPresent(builder::setFault);
      return builder.build();
    }
  }

  private final String name;
  private final VirtualActions actions;
  private final List<PortRule> rules = new ArrayList<>();
  private Optional<Extras> extras = Optional.empty();

  private VirtualReading(KubeObject object, VirtualActions.Hosts hosts) {
    this.name = object.namespace() + "/" + object.name();
    this.actions = new VirtualActions(hosts);
  }

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors, new ArrayList<>());
  }

  static Virtual read(KubeObject object, List<String> errors, List<String> notes) {
    return read(object, VirtualActions.Hosts.NOWHERE, errors, notes);
  }

  static Virtual read(
      KubeObject object, VirtualActions.Hosts hosts, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    List<String> names = spec.texts("hosts");
    List<String> gateways = spec.texts("gateways");
    spec.ignore("exportTo");
    VirtualReading reading = new VirtualReading(object, hosts);
    List<Fields> http = spec.list("http");
    for (int i = 0; i < http.size(); i++) {
      reading.rule(http.get(i), i);
    }
    VirtualStreams streams = new VirtualStreams(reading.name, reading.actions);
    Virtual virtual =
        new Virtual(names, reading.rules, reading.extras, streams.tcp(spec), streams.tls(spec));
    spec.done();
    return VirtualMatches.forWaypoints(gateways) ? virtual : Virtual.NOTHING;
  }

  private void rule(Fields http, int index) {
    HttpRule.Builder rule =
        HttpRule.newBuilder().setRoute(name).setRule(http.text("name", Integer.toString(index)));
    Optional<Fault> fault = http.optional("fault").map(FaultReading::read);
    List<HttpFilter> headers =
        http.optional("headers").map(VirtualActions::headers).orElse(List.of());
    if (!http.has("match") && extras.isEmpty() && (fault.isPresent() || !headers.isEmpty())) {
      extras = Optional.of(new Extras(fault, headers));
    }
    fault.ifPresent(rule::setFault);
    http.optional("corsPolicy").map(VirtualActions::cors).ifPresent(rule::addFilters);
    rule.addAllFilters(headers);
    rule.addAllFilters(actions.mirrors(http));
    http.optional("redirect").map(VirtualActions::redirect).ifPresent(rule::addFilters);
    http.optional("directResponse").map(VirtualActions::answer).ifPresent(rule::addFilters);
    http.list("route").forEach(share -> rule.addBackends(actions.share(share)));
    if (rule.getBackendsCount() == 1) {
      rule.getBackendsBuilder(0).setWeight(1);
    }
    http.duration("timeout")
        .map(Protos::duration)
        .ifPresent(timeout -> rule.getTimeoutsBuilder().setRequest(timeout));
    http.optional("retries").map(VirtualActions::retries).ifPresent(rule::setRetry);
    boolean delegates = http.has("delegate");
    http.optional("delegate").ifPresent(delegate -> delegate.ignore("name", "namespace"));
    List<VirtualMatches.Match> matches = matches(http);
    Optional<Fields> rewrite = http.optional("rewrite");
    if (!delegates) {
      matches.forEach(match -> add(rule, match, rewrite));
    }
  }

  private static List<VirtualMatches.Match> matches(Fields http) {
    if (!http.has("match")) {
      return List.of(new VirtualMatches.Match(HttpMatch.getDefaultInstance(), 0));
    }
    return http.list("match").stream().flatMap(m -> VirtualMatches.read(m).stream()).toList();
  }

  /** One rule per match: a rewrite depends on what was matched, and so does the port. */
  private void add(HttpRule.Builder rule, VirtualMatches.Match match, Optional<Fields> rewrite) {
    HttpRule.Builder one = rule.clone();
    rewrite
        .map(fields -> VirtualActions.rewrite(fields, match.match().getPath()))
        .ifPresent(one::addFilters);
    if (!match.match().equals(HttpMatch.getDefaultInstance())) {
      one.addMatches(match.match());
    }
    rules.add(new PortRule(match.port(), one.build()));
  }
}
