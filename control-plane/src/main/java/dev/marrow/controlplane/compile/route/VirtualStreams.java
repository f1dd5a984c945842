package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.proto.waypoint.TcpBackend;
import dev.marrow.proto.waypoint.TcpRule;
import dev.marrow.proto.waypoint.TlsRule;
import java.util.ArrayList;
import java.util.List;

/** Reads the rules of a VirtualService for connections that carry no HTTP. */
final class VirtualStreams {
  /** A rule for connections to {@code port}; 0: to any. */
  record PortTcp(int port, TcpRule rule) {}

  /** The same, by server name. */
  record PortTls(int port, TlsRule rule) {}

  private final String name;
  private final VirtualActions actions;

  VirtualStreams(String name, VirtualActions actions) {
    this.name = name;
    this.actions = actions;
  }

  List<PortTcp> tcp(Fields spec) {
    List<PortTcp> rules = new ArrayList<>();
    for (Fields rule : spec.list("tcp")) {
      TcpRule made = TcpRule.newBuilder().setRoute(name).addAllBackends(shares(rule)).build();
      if (!rule.has("match")) {
        rules.add(new PortTcp(0, made));
      }
      for (Fields match : rule.list("match")) {
        int port = match.number("port", 0, 0, 65_535);
        if (judged(match)) {
          rules.add(new PortTcp(port, made));
        }
      }
    }
    return rules;
  }

  List<PortTls> tls(Fields spec) {
    List<PortTls> rules = new ArrayList<>();
    for (Fields rule : spec.list("tls")) {
      List<TcpBackend> shares = shares(rule);
      List<Fields> matches = rule.list("match");
      if (matches.isEmpty()) {
        rule.reject("match", "missing");
      }
      for (Fields match : matches) {
        int port = match.number("port", 0, 0, 65_535);
        List<String> names = match.texts("sniHosts");
        if (names.isEmpty()) {
          match.reject("sniHosts", "missing");
        }
        if (judged(match)) {
          // A lone asterisk is every name, which is what no name at all says here.
          boolean every = names.contains("*");
          TlsRule.Builder made = TlsRule.newBuilder().setRoute(name).addAllBackends(shares);
          rules.add(new PortTls(port, made.addAllHostnames(every ? List.of() : names).build()));
        }
      }
    }
    return rules;
  }

  /** A match with a condition that we cannot judge catches nothing. */
  private static boolean judged(Fields match) {
    List<String> gateways = match.texts("gateways");
    boolean judged =
        !match.has("sourceLabels")
            && !match.has("sourceNamespace")
            && !match.has("destinationSubnets")
            && !match.has("sourceSubnet");
    match.unsupported("sourceLabels", "sourceNamespace", "destinationSubnets", "sourceSubnet");
    return judged && VirtualMatches.forWaypoints(gateways);
  }

  /** One that stands alone gets everything, whatever its weight. */
  private List<TcpBackend> shares(Fields rule) {
    List<Fields> routes = rule.list("route");
    if (routes.isEmpty()) {
      rule.reject("route", "missing");
    }
    List<TcpBackend> shares = new ArrayList<>();
    for (Fields share : routes) {
      int weight = share.number("weight", 0, 0, 1_000_000);
      shares.add(
          TcpBackend.newBuilder()
              .setBackend(actions.destination(share.object("destination")))
              .setWeight(routes.size() == 1 ? 1 : weight)
              .build());
    }
    return shares;
  }
}
