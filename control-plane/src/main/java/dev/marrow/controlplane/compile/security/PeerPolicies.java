package dev.marrow.controlplane.compile.security;

import com.google.protobuf.Empty;
import dev.marrow.proto.security.Action;
import dev.marrow.proto.security.Authorization;
import dev.marrow.proto.security.Clause;
import dev.marrow.proto.security.Match;
import dev.marrow.proto.security.Rule;
import dev.marrow.proto.security.Scope;
import dev.marrow.proto.security.StringMatch;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What PeerAuthentications become: policies that deny peers without an identity. */
final class PeerPolicies {
  static final String STRICT = "istio_converted_static_strict";
  private static final String PREFIX = "converted_peer_authentication_";
  private static final StringMatch ANYBODY =
      StringMatch.newBuilder().setPresence(Empty.getDefaultInstance()).build();

  private PeerPolicies() {}

  /** Denies every peer without an identity. */
  static Authorization strict(String rootNamespace) {
    return policy(rootNamespace, STRICT, Match.newBuilder());
  }

  static String nameFor(PeerMode mode) {
    return PREFIX + mode.key().name();
  }

  /** The policy of one with settings for ports, if these differ from the rest. */
  static Optional<Authorization> ports(PeerMode mode, boolean strict) {
    Set<Integer> differ =
        new TreeSet<>(mode.portsWith(strict ? PeerMode.Mode.PERMISSIVE : PeerMode.Mode.STRICT));
    if (differ.isEmpty() || mode.selector().isEmpty()) {
      return Optional.empty();
    }
    Match.Builder match = Match.newBuilder();
    Match.Builder ports =
        strict ? match.addAllNotDestinationPorts(differ) : match.addAllDestinationPorts(differ);
    return Optional.of(policy(mode.key().namespace(), nameFor(mode), ports));
  }

  private static Authorization policy(String namespace, String name, Match.Builder match) {
    return Authorization.newBuilder()
        .setNamespace(namespace)
        .setName(name)
        .setScope(Scope.WORKLOAD_SELECTOR)
        .setAction(Action.DENY)
        .addRules(
            Rule.newBuilder()
                .addClauses(Clause.newBuilder().addMatches(match.addNotPrincipals(ANYBODY))))
        .build();
  }
}
