package dev.marrow.waypoint.compile;

import dev.marrow.mesh.workload.Cidr;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.StringMatch;
import dev.marrow.waypoint.authorize.Blocks;
import dev.marrow.waypoint.authorize.Condition;
import dev.marrow.waypoint.authorize.Operation;
import dev.marrow.waypoint.authorize.Policy;
import dev.marrow.waypoint.authorize.PolicyRule;
import dev.marrow.waypoint.authorize.Source;
import dev.marrow.waypoint.authorize.Texts;
import dev.marrow.waypoint.route.TextMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Compiles AuthorizationPolicies. */
final class PolicyCompiler {
  private PolicyCompiler() {}

  static Policy policy(AuthorizationPolicy policy) {
    Policy.Action action =
        switch (policy.getAction()) {
          case ALLOW -> new Policy.Action.Allow();
          case DENY -> new Policy.Action.Deny();
          case AUDIT -> new Policy.Action.Audit();
          case CUSTOM -> custom(policy);
          case UNRECOGNIZED -> throw Values.unknown("action", policy.getAction());
        };
    return new Policy(
        policy.getName(),
        action,
        policy.getRulesList().stream().map(PolicyCompiler::rule).toList(),
        policy.getDryRun());
  }

  private static Policy.Action custom(AuthorizationPolicy policy) {
    if (!policy.hasProvider()) {
      throw Values.wrong("provider of " + policy.getName(), "none", "one, for CUSTOM");
    }
    return new Policy.Action.Custom(FilterCompiler.external(policy.getProvider()));
  }

  private static PolicyRule rule(AuthorizationPolicy.Rule rule) {
    return new PolicyRule(
        rule.getFromList().stream().map(PolicyCompiler::source).toList(),
        rule.getToList().stream().map(PolicyCompiler::operation).toList(),
        rule.getWhenList().stream().map(PolicyCompiler::condition).toList());
  }

  private static Source source(AuthorizationPolicy.Source s) {
    return new Source(
        texts(s.getPrincipalsList(), s.getNotPrincipalsList()),
        texts(s.getRequestPrincipalsList(), s.getNotRequestPrincipalsList()),
        texts(s.getNamespacesList(), s.getNotNamespacesList()),
        new Texts(exact(s.getServiceAccountsList()), exact(s.getNotServiceAccountsList())),
        new Blocks(blocks(s.getIpBlocksList()), blocks(s.getNotIpBlocksList())),
        new Blocks(blocks(s.getRemoteIpBlocksList()), blocks(s.getNotRemoteIpBlocksList())));
  }

  private static List<TextMatch> exact(List<String> texts) {
    return texts.stream().map(TextMatch::exact).toList();
  }

  private static Texts texts(List<StringMatch> wanted, List<StringMatch> unwanted) {
    return new Texts(Values.texts(wanted), Values.texts(unwanted));
  }

  private static List<Cidr> blocks(List<String> texts) {
    return texts.stream().map(Cidr::parse).toList();
  }

  private static Operation operation(AuthorizationPolicy.Operation o) {
    return new Operation(
        texts(folded(o.getHostsList()), folded(o.getNotHostsList())),
        texts(o.getMethodsList(), o.getNotMethodsList()),
        texts(o.getPathsList(), o.getNotPathsList()),
        Set.copyOf(o.getPortsList()),
        Set.copyOf(o.getNotPortsList()));
  }

  /** Hosts are told apart without case, whatever the policy says. */
  private static List<StringMatch> folded(List<StringMatch> hosts) {
    return hosts.stream().map(h -> h.toBuilder().setIgnoreCase(true).build()).toList();
  }

  private static Condition condition(AuthorizationPolicy.Condition condition) {
    String key = condition.getKey();
    Texts texts = texts(condition.getValuesList(), condition.getNotValuesList());
    return switch (key) {
      case "source.namespace" -> attribute(Condition.Attribute.SOURCE_NAMESPACE, texts);
      case "source.principal" -> attribute(Condition.Attribute.SOURCE_PRINCIPAL, texts);
      case "source.serviceAccount" -> attribute(Condition.Attribute.SOURCE_ACCOUNT, texts);
      case "request.auth.principal" -> attribute(Condition.Attribute.REQUEST_PRINCIPAL, texts);
      case "destination.port" -> attribute(Condition.Attribute.DESTINATION_PORT, texts);
      case "connection.sni" -> attribute(Condition.Attribute.SNI, texts);
      case "source.ip", "remote.ip" -> new Condition.OfAddress(false, addresses(condition));
      case "destination.ip" -> new Condition.OfAddress(true, addresses(condition));
      case "request.auth.audiences" -> new Condition.OfClaim(List.of("aud"), texts);
      case "request.auth.presenter" -> new Condition.OfClaim(List.of("azp"), texts);
      default -> indexed(key, texts);
    };
  }

  private static Condition attribute(Condition.Attribute attribute, Texts texts) {
    return new Condition.OfAttribute(attribute, texts);
  }

  private static Condition indexed(String key, Texts texts) {
    List<String> names = brackets(key);
    if (key.startsWith("request.headers[") && names.size() == 1) {
      return new Condition.OfHeader(Values.name(names.getFirst()), texts);
    }
    if (key.startsWith("request.auth.claims[") && !names.isEmpty()) {
      return new Condition.OfClaim(names, texts);
    }
    throw Values.wrong("condition key", key, "a known attribute");
  }

  private static List<String> brackets(String key) {
    List<String> names = new ArrayList<>();
    for (int open = key.indexOf('['); open >= 0; open = key.indexOf('[', open + 1)) {
      int close = key.indexOf(']', open);
      if (close <= open + 1) {
        throw Values.wrong("condition key", key, "names in brackets");
      }
      names.add(key.substring(open + 1, close));
    }
    return names;
  }

  private static Blocks addresses(AuthorizationPolicy.Condition condition) {
    return new Blocks(
        addresses(condition.getValuesList()), addresses(condition.getNotValuesList()));
  }

  private static List<Cidr> addresses(List<StringMatch> matches) {
    return matches.stream().map(m -> Cidr.parse(m.getExact())).toList();
  }
}
