package dev.marrow.mesh.xds;

import com.google.protobuf.Message;
import dev.marrow.mesh.policy.AccountMatch;
import dev.marrow.mesh.policy.Clause;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.policy.Rule;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.IpText;
import dev.marrow.proto.security.Address;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.ServiceAccountMatch;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code istio.security.Authorization}. Whatever it does not understand rejects the policy: a
 * condition that is left out would let in, or keep out, somebody else than was meant.
 */
final class PolicyReader {
  private PolicyReader() {}

  static Policy read(Authorization message) throws InvalidResource {
    InvalidResource.require(!message.getName().isEmpty(), "name", "", "not empty");
    InvalidResource.require(!message.getNamespace().isEmpty(), "namespace", "", "not empty");
    List<Rule> rules = new ArrayList<>(message.getRulesCount());
    for (var rule : message.getRulesList()) {
      rules.add(rule(rule));
    }
    return new Policy(
        message.getNamespace(),
        message.getName(),
        scope(message),
        action(message),
        rules,
        message.getDryRun());
  }

  /** What a rejected policy is for. A scope that is newer than we are counts as the namespace. */
  static PolicyScope scopeOrNamespace(Authorization message) {
    return switch (message.getScope()) {
      case GLOBAL -> PolicyScope.GLOBAL;
      case NAMESPACE, UNRECOGNIZED -> PolicyScope.NAMESPACE;
      case WORKLOAD_SELECTOR -> PolicyScope.WORKLOAD_SELECTOR;
    };
  }

  /** What stands for a policy that was rejected and has no earlier version. */
  static Policy unreadable(String namespace, String name, PolicyScope scope) {
    return new Policy(namespace, name, scope, PolicyAction.UNREADABLE, List.of(), false);
  }

  private static PolicyScope scope(Authorization message) throws InvalidResource {
    return switch (message.getScope()) {
      case GLOBAL -> PolicyScope.GLOBAL;
      case NAMESPACE -> PolicyScope.NAMESPACE;
      case WORKLOAD_SELECTOR -> PolicyScope.WORKLOAD_SELECTOR;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "scope: '%d' (expected: GLOBAL, NAMESPACE or WORKLOAD_SELECTOR)"
                  .formatted(message.getScopeValue()));
    };
  }

  private static PolicyAction action(Authorization message) throws InvalidResource {
    return switch (message.getAction()) {
      case ALLOW -> PolicyAction.ALLOW;
      case DENY -> PolicyAction.DENY;
      case UNRECOGNIZED ->
          throw new InvalidResource(
              "action: '%d' (expected: ALLOW or DENY)".formatted(message.getActionValue()));
    };
  }

  private static Rule rule(dev.marrow.proto.security.Rule message) throws InvalidResource {
    understood(message, "rule");
    List<Clause> clauses = new ArrayList<>(message.getClausesCount());
    for (var clause : message.getClausesList()) {
      understood(clause, "clause");
      List<Match> matches = new ArrayList<>(clause.getMatchesCount());
      for (var match : clause.getMatchesList()) {
        matches.add(match(match));
      }
      clauses.add(new Clause(matches));
    }
    return new Rule(clauses);
  }

  private static Match match(dev.marrow.proto.security.Match message) throws InvalidResource {
    understood(message, "match");
    return new Match(
        new Criterion<>(
            texts(message.getNamespacesList(), "namespaces"),
            texts(message.getNotNamespacesList(), "not_namespaces")),
        new Criterion<>(
            texts(message.getPrincipalsList(), "principals"),
            texts(message.getNotPrincipalsList(), "not_principals")),
        new Criterion<>(
            blocks(message.getSourceIpsList(), "source_ips"),
            blocks(message.getNotSourceIpsList(), "not_source_ips")),
        new Criterion<>(
            blocks(message.getDestinationIpsList(), "destination_ips"),
            blocks(message.getNotDestinationIpsList(), "not_destination_ips")),
        new Criterion<>(
            ports(message.getDestinationPortsList(), "destination_ports"),
            ports(message.getNotDestinationPortsList(), "not_destination_ports")),
        new Criterion<>(
            accounts(message.getServiceAccountsList(), "service_accounts"),
            accounts(message.getNotServiceAccountsList(), "not_service_accounts")));
  }

  private static List<StringMatch> texts(
      List<dev.marrow.proto.security.StringMatch> messages, String field) throws InvalidResource {
    List<StringMatch> texts = new ArrayList<>(messages.size());
    for (var message : messages) {
      understood(message, field);
      texts.add(
          switch (message.getMatchTypeCase()) {
            case EXACT -> new StringMatch.Exact(message.getExact());
            case PREFIX -> new StringMatch.Prefix(message.getPrefix());
            case SUFFIX -> new StringMatch.Suffix(message.getSuffix());
            case PRESENCE -> new StringMatch.Present();
            case MATCHTYPE_NOT_SET ->
                throw new InvalidResource(
                    field + ": unset (expected: exact, prefix, suffix or presence)");
          });
    }
    return texts;
  }

  private static List<Cidr> blocks(List<Address> messages, String field) throws InvalidResource {
    List<Cidr> blocks = new ArrayList<>(messages.size());
    for (Address message : messages) {
      understood(message, field);
      try {
        InetAddress base = IpText.fromBytes(message.getAddress().toByteArray());
        // A length that was forgotten would turn one address into all of them.
        InvalidResource.require(
            message.getLength() != 0 || base.isAnyLocalAddress(), field, base, "a prefix length");
        blocks.add(new Cidr(base, message.getLength()));
      } catch (IllegalArgumentException e) {
        throw new InvalidResource(field + ": " + e.getMessage());
      }
    }
    return blocks;
  }

  private static List<Integer> ports(List<Integer> messages, String field) throws InvalidResource {
    List<Integer> ports = new ArrayList<>(messages.size());
    for (int port : messages) {
      ports.add(AddressReader.port(port, 0, field));
    }
    return ports;
  }

  private static List<AccountMatch> accounts(List<ServiceAccountMatch> messages, String field)
      throws InvalidResource {
    List<AccountMatch> accounts = new ArrayList<>(messages.size());
    for (ServiceAccountMatch message : messages) {
      understood(message, field);
      accounts.add(new AccountMatch(message.getNamespace(), message.getServiceAccount()));
    }
    return accounts;
  }

  // A condition we do not know of would be dropped, and the match would hold for more than it says.
  private static void understood(Message message, String field) throws InvalidResource {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new InvalidResource(
          "%s: unknown fields %s (expected: none)"
              .formatted(field, message.getUnknownFields().asMap().keySet()));
    }
  }
}
