package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.facts.ServiceFacts;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.proto.waypoint.HttpBackend;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.Protocol;
import dev.marrow.proto.workload.AppProtocol;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The ports of a service with the rules of the routes that are attached to it. */
final class PortRules {
  private final Answers answers;
  private final ObjectKey gateway;
  private final ServiceFacts service;

  PortRules(Answers answers, ObjectKey gateway, ServiceFacts service) {
    this.answers = answers;
    this.gateway = gateway;
    this.service = service;
  }

  List<Port> ports() {
    List<RouteFacts> routes = routes();
    return service.ports().stream().map(port -> port(port, routes)).toList();
  }

  /** All routes attached to the service or to its Gateway, in the order of precedence. */
  private List<RouteFacts> routes() {
    TreeSet<ObjectKey> keys = new TreeSet<>();
    for (String namespace : List.of(service.namespace(), gateway.namespace())) {
      keys.addAll(answers.ask(new RoutesFor(namespace, service.object())));
      keys.addAll(answers.ask(new RoutesFor(namespace, gateway)));
    }
    return keys.stream()
        .flatMap(key -> answers.ask(new RouteOf(key)).stream())
        .map(RouteOf.Resolved::facts)
        .sorted()
        .toList();
  }

  private Port port(ServiceFacts.ServicePort port, List<RouteFacts> routes) {
    Protocol protocol = protocol(port.protocol());
    boolean http = protocol != Protocol.TCP && protocol != Protocol.TLS;
    Port.Builder builder = Port.newBuilder().setPort(port.port()).setProtocol(protocol);
    answers.ask(new BackendTlsOf(service.object(), port.port())).ifPresent(builder::setBackendTls);
    List<HttpRule> rules = new ArrayList<>();
    for (RouteFacts route : routes) {
      boolean own = attached(route, service.object(), port);
      if (!own && !attached(route, gateway, port)) {
        continue;
      }
      if (http) {
        route.http().forEach(rule -> rules.add(own ? rule : withHosts(rule, route)));
        // A Gateway's routes are for some requests of all its services: the others pass.
        builder.setRouted(builder.getRouted() || own && !route.http().isEmpty());
      }
      builder.addAllTcpRules(route.tcp());
      builder.addAllTlsRules(route.tls());
    }
    Optional<VirtualReading.Virtual> virtual = virtual(port);
    if (http) {
      virtual
          .filter(read -> !read.rules().isEmpty())
          .ifPresent(read -> virtual(read, port, rules, builder));
    }
    virtual.ifPresent(read -> streams(read, port, builder));
    return builder.addAllHttpRules(rules).build();
  }

  private Optional<VirtualReading.Virtual> virtual(ServiceFacts.ServicePort port) {
    return answers.ask(
        new VirtualFor(gateway.namespace(), service.namespace(), service.hostname(), port.port()));
  }

  /** Routes of Gateway API go before a VirtualService's rules, but not its faults and headers. */
  private void virtual(
      VirtualReading.Virtual virtual,
      ServiceFacts.ServicePort port,
      List<HttpRule> rules,
      Port.Builder into) {
    if (!rules.isEmpty()) {
      virtual
          .extras()
          .ifPresent(extras -> {
            if (!into.getRouted()) {
              rules.add(toItself(port));
            }
            rules.replaceAll(extras::onto);
          });
      return;
    }
    virtual.rules(port.port()).forEach(rule -> rules.add(somewhere(rule, port)));
    into.setRouted(true).setInOrder(true);
  }

  /** For what turns out to be no HTTP. Routes of Gateway API take their place. */
  private static void streams(
      VirtualReading.Virtual virtual, ServiceFacts.ServicePort port, Port.Builder into) {
    if (into.getTcpRulesCount() == 0) {
      into.addAllTcpRules(virtual.tcp(port.port()));
    }
    if (into.getTlsRulesCount() == 0) {
      into.addAllTlsRules(virtual.tls(port.port()));
    }
  }

  /** A rule that says nothing of where its requests go leaves them where they are going. */
  private HttpRule somewhere(HttpRule rule, ServiceFacts.ServicePort port) {
    boolean answered =
        rule.getFiltersList().stream().anyMatch(f -> f.hasRedirect() || f.hasDirectResponse());
    return rule.getBackendsCount() > 0 || answered
        ? rule
        : rule.toBuilder().addAllBackends(toItself(port).getBackendsList()).build();
  }

  private static boolean attached(
      RouteFacts route, ObjectKey object, ServiceFacts.ServicePort port) {
    boolean gateway = object.kind().equals("Gateway");
    return route.parents().stream()
        .filter(ParentReference::supported)
        .filter(parent -> parent.object().equals(object))
        .anyMatch(parent ->
            gateway
                || (parent.port() == 0 || parent.port() == port.port())
                    && (parent.sectionName().isEmpty()
                        || parent.sectionName().equals(port.name())));
  }

  /** Only a Gateway's routes look at the host: a service is known by its address. */
  private static HttpRule withHosts(HttpRule rule, RouteFacts route) {
    return rule.toBuilder().addAllHostnames(route.hostnames()).build();
  }

  private HttpRule toItself(ServiceFacts.ServicePort port) {
    return HttpRule.newBuilder()
        .setRoute(service.resource())
        .setRule("default")
        .addBackends(
            HttpBackend.newBuilder()
                .setWeight(1)
                .setBackend(
                    Backend.newBuilder()
                        .setNamespace(service.namespace())
                        .setHostname(service.hostname())
                        .setPort(port.port())))
        .build();
  }

  static Protocol protocol(AppProtocol protocol) {
    return switch (protocol) {
      case HTTP11 -> Protocol.HTTP1;
      case HTTP2 -> Protocol.HTTP2;
      case GRPC -> Protocol.GRPC;
      case TCP -> Protocol.TCP;
      case TLS -> Protocol.TLS;
      case UNKNOWN, UNRECOGNIZED -> Protocol.UNDECLARED;
    };
  }
}
