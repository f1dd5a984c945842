package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.security.PolicyFacts;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.AuthorizationPolicy.Condition;
import dev.marrow.proto.waypoint.AuthorizationPolicy.Operation;
import dev.marrow.proto.waypoint.AuthorizationPolicy.Rule;
import dev.marrow.proto.waypoint.AuthorizationPolicy.Source;
import dev.marrow.proto.waypoint.ExternalAuthorization;
import dev.marrow.proto.waypoint.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An AuthorizationPolicy with all its attributes, as a waypoint enforces it. Pure. */
final class WaypointPolicy {
  private static final Set<String> EXACT =
      Set.of("source.ip", "remote.ip", "destination.ip", "destination.port");

  private WaypointPolicy() {}

  /**
   * Converts {@code facts}.
   *
   * @param provider who is asked by a CUSTOM policy; where it is not known, what would have been
   *     asked is denied
   */
  static AuthorizationPolicy of(PolicyFacts facts, Optional<ExternalAuthorization> provider) {
    AuthorizationPolicy.Builder builder =
        AuthorizationPolicy.newBuilder().setName(facts.resource()).setDryRun(facts.dryRun());
    switch (facts.action()) {
      case ALLOW -> builder.setAction(AuthorizationPolicy.Action.ALLOW);
      case DENY -> builder.setAction(AuthorizationPolicy.Action.DENY);
      case AUDIT -> builder.setAction(AuthorizationPolicy.Action.AUDIT);
      case CUSTOM ->
          provider.ifPresentOrElse(
              found -> builder.setAction(AuthorizationPolicy.Action.CUSTOM).setProvider(found),
              () -> builder.setAction(AuthorizationPolicy.Action.DENY));
    }
    facts.rules().forEach(rule -> builder.addRules(rule(rule, facts.key().namespace())));
    return builder.build();
  }

  private static Rule rule(PolicyFacts.Rule rule, String namespace) {
    Rule.Builder builder = Rule.newBuilder();
    rule.from().forEach(from -> builder.addFrom(source(from, namespace)));
    rule.to().forEach(to -> builder.addTo(operation(to)));
    rule.when().forEach(when -> builder.addWhen(condition(when)));
    return builder.build();
  }

  private static Source source(Map<String, List<String>> from, String namespace) {
    Source.Builder source = Source.newBuilder();
    from.forEach((name, values) -> {
      switch (name) {
        case "principals" -> source.addAllPrincipals(texts(values));
        case "notPrincipals" -> source.addAllNotPrincipals(texts(values));
        case "requestPrincipals" -> source.addAllRequestPrincipals(texts(values));
        case "notRequestPrincipals" -> source.addAllNotRequestPrincipals(texts(values));
        case "namespaces" -> source.addAllNamespaces(texts(values));
        case "notNamespaces" -> source.addAllNotNamespaces(texts(values));
        case "ipBlocks" -> source.addAllIpBlocks(values);
        case "notIpBlocks" -> source.addAllNotIpBlocks(values);
        case "remoteIpBlocks" -> source.addAllRemoteIpBlocks(values);
        case "notRemoteIpBlocks" -> source.addAllNotRemoteIpBlocks(values);
        case "serviceAccounts" -> source.addAllServiceAccounts(accounts(values, namespace));
        case "notServiceAccounts" -> source.addAllNotServiceAccounts(accounts(values, namespace));
        default -> throw new IllegalArgumentException("source attribute " + name);
      }
    });
    return source.build();
  }

  private static List<String> accounts(List<String> values, String namespace) {
    return values.stream().map(v -> v.contains("/") ? v : namespace + "/" + v).toList();
  }

  private static Operation operation(Map<String, List<String>> to) {
    Operation.Builder operation = Operation.newBuilder();
    to.forEach((name, values) -> {
      switch (name) {
        case "hosts" -> operation.addAllHosts(texts(values));
        case "notHosts" -> operation.addAllNotHosts(texts(values));
        case "ports" -> values.forEach(v -> operation.addPorts(Integer.parseInt(v)));
        case "notPorts" -> values.forEach(v -> operation.addNotPorts(Integer.parseInt(v)));
        case "methods" -> operation.addAllMethods(texts(values));
        case "notMethods" -> operation.addAllNotMethods(texts(values));
        case "paths" -> values.forEach(v -> operation.addPaths(path(v)));
        case "notPaths" -> values.forEach(v -> operation.addNotPaths(path(v)));
        default -> throw new IllegalArgumentException("operation attribute " + name);
      }
    });
    return operation.build();
  }

  private static Condition condition(PolicyFacts.Condition when) {
    boolean exact = EXACT.contains(when.key());
    return Condition.newBuilder()
        .setKey(when.key())
        .addAllValues(exact ? exact(when.values()) : texts(when.values()))
        .addAllNotValues(exact ? exact(when.notValues()) : texts(when.notValues()))
        .build();
  }

  private static List<StringMatch> texts(List<String> values) {
    return values.stream().map(Protos::wildcard).toList();
  }

  private static List<StringMatch> exact(List<String> values) {
    return values.stream().map(Protos::exact).toList();
  }

  /** {@code {*}} stands for one segment, {@code {**}} for any number of them. */
  static StringMatch path(String text) {
    if (!text.contains("{*}") && !text.contains("{**}")) {
      return Protos.wildcard(text);
    }
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int open = text.indexOf("{*", from);
      if (open < 0) {
        break;
      }
      boolean many = text.startsWith("{**}", open);
      if (!many && !text.startsWith("{*}", open)) {
        break;
      }
      parts.add(quoted(text.substring(from, open)));
      parts.add(many ? ".*" : "[^/]+");
      from = open + (many ? 4 : 3);
    }
    parts.add(quoted(text.substring(from)));
    return Protos.regex(String.join("", parts));
  }

  private static String quoted(String text) {
    return text.replaceAll("([\\\\.\\[\\]{}()*+?^$|])", "\\\\$1");
  }

  static boolean allows(AuthorizationPolicy policy) {
    return policy.getAction() == AuthorizationPolicy.Action.ALLOW;
  }

  /**
   * A policy of services of a workload that lets everybody come to the ports of which none of them
   * speaks. A port that any ALLOW guards is open to nobody by what another says of its own.
   */
  static AuthorizationPolicy besides(AuthorizationPolicy policy, Set<Integer> guarded) {
    return allows(policy)
        ? policy.toBuilder()
            .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addAllNotPorts(guarded)))
            .build()
        : policy;
  }

  /**
   * A policy for a service as it holds for one of its workloads, where ports are the workload's
   * own.
   *
   * @param targets the workload's ports by the service's
   */
  static AuthorizationPolicy onWorkload(AuthorizationPolicy policy, Map<Integer, Integer> targets) {
    AuthorizationPolicy.Builder builder = policy.toBuilder().clearRules();
    for (Rule rule : policy.getRulesList()) {
      Rule.Builder moved = rule.toBuilder().clearTo().clearWhen();
      rule.getWhenList().forEach(when -> moved.addWhen(moved(when, targets)));
      for (Operation operation : rule.getToList()) {
        moved.addTo(
            operation.toBuilder()
                .clearPorts()
                .addAllPorts(moved(operation.getPortsList(), targets))
                .clearNotPorts()
                .addAllNotPorts(moved(operation.getNotPortsList(), targets)));
      }
      builder.addRules(moved);
    }
    return builder.build();
  }

  private static Condition moved(Condition when, Map<Integer, Integer> targets) {
    if (!when.getKey().equals("destination.port")) {
      return when;
    }
    return when.toBuilder()
        .clearValues()
        .addAllValues(movedTexts(when.getValuesList(), targets))
        .clearNotValues()
        .addAllNotValues(movedTexts(when.getNotValuesList(), targets))
        .build();
  }

  private static List<StringMatch> movedTexts(List<StringMatch> ports, Map<Integer, Integer> to) {
    return ports.stream()
        .map(port -> Integer.valueOf(port.getExact()))
        .map(port -> Protos.exact(Integer.toString(to.getOrDefault(port, port))))
        .toList();
  }

  private static List<Integer> moved(List<Integer> ports, Map<Integer, Integer> targets) {
    return ports.stream().map(port -> targets.getOrDefault(port, port)).toList();
  }
}
