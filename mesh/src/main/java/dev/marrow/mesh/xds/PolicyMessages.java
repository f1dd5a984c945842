package dev.marrow.mesh.xds;

import com.google.protobuf.Empty;
import dev.marrow.mesh.policy.AccountMatch;
import dev.marrow.mesh.policy.Clause;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.Rule;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.Cidr;
import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Address;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Scope;
import dev.marrow.proto.security.ServiceAccountMatch;
import java.util.List;

/** Writes policies as messages. */
final class PolicyMessages {
  private PolicyMessages() {}

  static Authorization message(Policy policy) {
    if (policy.action() == PolicyAction.UNREADABLE) {
      throw new IllegalArgumentException(
          "policy: %s could not be read".formatted(policy.fullName()));
    }
    return Authorization.newBuilder()
        .setName(policy.name())
        .setNamespace(policy.namespace())
        .setScope(Scope.valueOf(policy.scope().name()))
        .setAction(Action.valueOf(policy.action().name()))
        .addAllRules(policy.rules().stream().map(PolicyMessages::rule).toList())
        .setDryRun(policy.dryRun())
        .build();
  }

  private static dev.marrow.proto.security.Rule rule(Rule rule) {
    return dev.marrow.proto.security.Rule.newBuilder()
        .addAllClauses(rule.clauses().stream().map(PolicyMessages::clause).toList())
        .build();
  }

  private static dev.marrow.proto.security.Clause clause(Clause clause) {
    return dev.marrow.proto.security.Clause.newBuilder()
        .addAllMatches(clause.matches().stream().map(PolicyMessages::match).toList())
        .build();
  }

  private static dev.marrow.proto.security.Match match(Match match) {
    return dev.marrow.proto.security.Match.newBuilder()
        .addAllNamespaces(texts(match.namespaces().any()))
        .addAllNotNamespaces(texts(match.namespaces().none()))
        .addAllPrincipals(texts(match.principals().any()))
        .addAllNotPrincipals(texts(match.principals().none()))
        .addAllSourceIps(blocks(match.sources().any()))
        .addAllNotSourceIps(blocks(match.sources().none()))
        .addAllDestinationIps(blocks(match.destinations().any()))
        .addAllNotDestinationIps(blocks(match.destinations().none()))
        .addAllDestinationPorts(match.ports().any())
        .addAllNotDestinationPorts(match.ports().none())
        .addAllServiceAccounts(accounts(match.accounts().any()))
        .addAllNotServiceAccounts(accounts(match.accounts().none()))
        .build();
  }

  private static List<dev.marrow.proto.security.StringMatch> texts(List<StringMatch> texts) {
    return texts.stream().map(PolicyMessages::text).toList();
  }

  private static dev.marrow.proto.security.StringMatch text(StringMatch text) {
    var message = dev.marrow.proto.security.StringMatch.newBuilder();
    return switch (text) {
      case StringMatch.Exact(String value) -> message.setExact(value).build();
      case StringMatch.Prefix(String value) -> message.setPrefix(value).build();
      case StringMatch.Suffix(String value) -> message.setSuffix(value).build();
      case StringMatch.Present() -> message.setPresence(Empty.getDefaultInstance()).build();
    };
  }

  private static List<Address> blocks(List<Cidr> blocks) {
    return blocks.stream()
        .map(block ->
            Address.newBuilder()
                .setAddress(MeshMessages.bytes(block.base()))
                .setLength(block.prefixLength())
                .build())
        .toList();
  }

  private static List<ServiceAccountMatch> accounts(List<AccountMatch> accounts) {
    return accounts.stream()
        .map(account ->
            ServiceAccountMatch.newBuilder()
                .setNamespace(account.namespace())
                .setServiceAccount(account.serviceAccount())
                .build())
        .toList();
  }
}
