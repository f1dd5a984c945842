package dev.marrow.controlplane.compile.security;

import com.google.protobuf.Empty;
import dev.marrow.controlplane.compile.Ip;
import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Address;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Clause;
import dev.marrow.proto.security.Match;
import dev.marrow.proto.security.Rule;
import dev.marrow.proto.security.Scope;
import dev.marrow.proto.security.ServiceAccountMatch;
import dev.marrow.proto.security.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * An AuthorizationPolicy as a node proxy can enforce it. What only HTTP knows makes an ALLOW rule
 * never match and is left out of a DENY rule: both get stricter, never looser.
 *
 * @param authorization what is sent
 * @param unsupported the attributes that made a rule stricter
 */
public record NodePolicy(Authorization authorization, Set<String> unsupported) {
  private static final Set<String> HTTP =
      Set.of(
          "requestPrincipals",
          "notRequestPrincipals",
          "remoteIpBlocks",
          "notRemoteIpBlocks",
          "hosts",
          "notHosts",
          "methods",
          "notMethods",
          "paths",
          "notPaths");
  private static final Set<String> KEYS =
      Set.of(
          "source.ip",
          "source.namespace",
          "source.principal",
          "destination.ip",
          "destination.port");

  public NodePolicy {
    unsupported = Set.copyOf(unsupported);
  }

  /** True for a policy that node proxies get at all. */
  public static boolean enforceable(PolicyFacts policy) {
    boolean known =
        policy.action() == PolicyFacts.Action.ALLOW || policy.action() == PolicyFacts.Action.DENY;
    // A node proxy that does not know dry runs would enforce them.
    return known && !policy.attached() && !policy.dryRun();
  }

  /** Converts an enforceable policy. */
  public static NodePolicy of(PolicyFacts policy, String rootNamespace) {
    boolean allow = policy.action() == PolicyFacts.Action.ALLOW;
    Set<String> unsupported = new TreeSet<>();
    Authorization.Builder builder =
        Authorization.newBuilder()
            .setName(policy.key().name())
            .setNamespace(policy.key().namespace())
            .setScope(scope(policy, rootNamespace))
            .setAction(allow ? Action.ALLOW : Action.DENY);
    for (PolicyFacts.Rule rule : policy.rules()) {
      Set<String> http = http(rule);
      unsupported.addAll(http);
      if (http.isEmpty() || !allow) {
        rule(rule, policy.key().namespace(), !http.isEmpty()).ifPresent(builder::addRules);
      }
    }
    return new NodePolicy(builder.build(), unsupported);
  }

  private static Scope scope(PolicyFacts policy, String rootNamespace) {
    if (policy.selector().isPresent()) {
      return Scope.WORKLOAD_SELECTOR;
    }
    return policy.key().namespace().equals(rootNamespace) ? Scope.GLOBAL : Scope.NAMESPACE;
  }

  private static Set<String> http(PolicyFacts.Rule rule) {
    Set<String> found = new TreeSet<>();
    rule.from().forEach(from -> from.keySet().stream().filter(HTTP::contains).forEach(found::add));
    rule.to().forEach(to -> to.keySet().stream().filter(HTTP::contains).forEach(found::add));
    rule.when().stream()
        .map(PolicyFacts.Condition::key)
        .filter(key -> !KEYS.contains(key))
        .forEach(found::add);
    return found;
  }

  private static Optional<Rule> rule(PolicyFacts.Rule rule, String namespace, boolean reduced) {
    Rule.Builder builder = Rule.newBuilder();
    for (List<Map<String, List<String>>> part : List.of(rule.from(), rule.to())) {
      Clause.Builder clause = Clause.newBuilder();
      for (Map<String, List<String>> attributes : part) {
        Match match = match(attributes, namespace);
        if (!match.equals(Match.getDefaultInstance())) {
          clause.addMatches(match);
        }
      }
      if (clause.getMatchesCount() > 0) {
        builder.addClauses(clause);
      }
    }
    for (PolicyFacts.Condition condition : rule.when()) {
      if (KEYS.contains(condition.key())) {
        builder.addClauses(Clause.newBuilder().addMatches(condition(condition)));
      }
    }
    if (builder.getClausesCount() == 0) {
      // A rule without clauses matches everything; one with a match that asks for nothing never
      // does. Nothing is left here because nothing was asked, or because it was taken out above.
      return reduced ? Optional.empty() : Optional.of(builder.build());
    }
    return Optional.of(builder.build());
  }

  private static Match match(Map<String, List<String>> attributes, String namespace) {
    Match.Builder match = Match.newBuilder();
    attributes.forEach((name, values) -> {
      switch (name) {
        case "principals" -> match.addAllPrincipals(texts(values));
        case "notPrincipals" -> match.addAllNotPrincipals(texts(values));
        case "namespaces" -> match.addAllNamespaces(texts(values));
        case "notNamespaces" -> match.addAllNotNamespaces(texts(values));
        case "ipBlocks" -> blocks(values, match::addSourceIps);
        case "notIpBlocks" -> blocks(values, match::addNotSourceIps);
        case "ports" -> ports(values, match::addDestinationPorts);
        case "notPorts" -> ports(values, match::addNotDestinationPorts);
        case "serviceAccounts" -> accounts(values, namespace, match::addServiceAccounts);
        case "notServiceAccounts" -> accounts(values, namespace, match::addNotServiceAccounts);
        default -> {}
      }
    });
    return match.build();
  }

  private static Match condition(PolicyFacts.Condition condition) {
    Match.Builder match = Match.newBuilder();
    List<String> values = condition.values();
    List<String> not = condition.notValues();
    switch (condition.key()) {
      case "source.ip" -> {
        blocks(values, match::addSourceIps);
        blocks(not, match::addNotSourceIps);
      }
      case "destination.ip" -> {
        blocks(values, match::addDestinationIps);
        blocks(not, match::addNotDestinationIps);
      }
      case "source.namespace" ->
          match.addAllNamespaces(texts(values)).addAllNotNamespaces(texts(not));
      case "source.principal" ->
          match.addAllPrincipals(texts(values)).addAllNotPrincipals(texts(not));
      default -> {
        ports(values, match::addDestinationPorts);
        ports(not, match::addNotDestinationPorts);
      }
    }
    return match.build();
  }

  static StringMatch text(String value) {
    StringMatch.Builder match = StringMatch.newBuilder();
    if (value.equals("*")) {
      return match.setPresence(Empty.getDefaultInstance()).build();
    }
    if (value.startsWith("*")) {
      return match.setSuffix(value.substring(1)).build();
    }
    return value.endsWith("*")
        ? match.setPrefix(value.substring(0, value.length() - 1)).build()
        : match.setExact(value).build();
  }

  private static List<StringMatch> texts(List<String> values) {
    List<StringMatch> matches = new ArrayList<>();
    values.forEach(value -> matches.add(text(value)));
    return matches;
  }

  private static void blocks(List<String> values, Consumer<Address> into) {
    for (String value : values) {
      Ip.parse(value)
          .map(ip -> Address.newBuilder().setAddress(ip.bytes()).setLength(ip.prefixLength()))
          .ifPresent(address -> into.accept(address.build()));
    }
  }

  private static void ports(List<String> values, Consumer<Integer> into) {
    values.stream().filter(PolicyReading::port).map(Integer::valueOf).forEach(into);
  }

  private static void accounts(
      List<String> values, String namespace, Consumer<ServiceAccountMatch> into) {
    for (String value : values) {
      int slash = value.indexOf('/');
      into.accept(
          ServiceAccountMatch.newBuilder()
              .setNamespace(slash < 0 ? namespace : value.substring(0, slash))
              .setServiceAccount(value.substring(slash + 1))
              .build());
    }
  }
}
