package dev.marrow.controlplane.authority;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustDomain;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Which identity a caller may have: its own; and a trusted node proxy those of the pods on the node
 * that its token was given out to. Thread-safe.
 */
public final class IdentityPolicy {
  /** What came of it. */
  public sealed interface Decision {
    record Granted(SpiffeId id) implements Decision {}

    record Refused(Refusal reason, String detail) implements Decision {}
  }

  private final TrustDomain trustDomain;
  private final Set<String> nodeProxies;
  private final NodeAccounts nodes;
  private final Duration patience;

  /**
   * Decides with these.
   *
   * @param nodeProxies accounts as {@code namespace/account}
   * @param patience how long a pod may stay unknown
   */
  public IdentityPolicy(
      TrustDomain trustDomain, Set<String> nodeProxies, NodeAccounts nodes, Duration patience) {
    this.trustDomain = trustDomain;
    this.nodeProxies = Set.copyOf(nodeProxies);
    this.nodes = nodes;
    this.patience = patience;
  }

  /** Decides on {@code impersonated}, or on the caller's own identity where none is named. */
  public Decision decide(Caller caller, Optional<String> impersonated) throws InterruptedException {
    SpiffeId own = SpiffeId.of(trustDomain, caller.namespace(), caller.serviceAccount());
    if (impersonated.isEmpty()) {
      return new Decision.Granted(own);
    }
    SpiffeId wanted;
    try {
      wanted = SpiffeId.parse(impersonated.get());
    } catch (IllegalArgumentException e) {
      return new Decision.Refused(Refusal.IDENTITY_MALFORMED, String.valueOf(e.getMessage()));
    }
    return wanted.equals(own) ? new Decision.Granted(own) : impersonate(caller, wanted);
  }

  private Decision impersonate(Caller caller, SpiffeId wanted) throws InterruptedException {
    if (!wanted.trustDomain().equals(trustDomain)) {
      return new Decision.Refused(Refusal.IDENTITY_OTHER_TRUST_DOMAIN, wanted.toString());
    }
    Optional<String> namespace = wanted.namespace();
    Optional<String> account = wanted.serviceAccount();
    if (namespace.isEmpty() || account.isEmpty()) {
      return new Decision.Refused(Refusal.IDENTITY_MALFORMED, wanted.toString());
    }
    if (!nodeProxies.contains(caller.account()) || caller.place().isEmpty()) {
      return new Decision.Refused(
          Refusal.IDENTITY_NOT_TRUSTED_ACCOUNT,
          "%s may not ask for %s".formatted(caller.account(), wanted));
    }
    String node = caller.place().get().node();
    return nodes.runs(node, namespace.get() + "/" + account.get(), patience)
        ? new Decision.Granted(wanted)
        : new Decision.Refused(
            Refusal.IDENTITY_NOT_ON_NODE, "no pod of %s on node %s".formatted(wanted, node));
  }
}
