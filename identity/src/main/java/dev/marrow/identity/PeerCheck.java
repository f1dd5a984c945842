package dev.marrow.identity;

import java.util.Set;

/**
 * Which proven identities may be the other end of a connection. Decides on the id of a chain that
 * {@link SvidVerifier} has accepted; never on an id that is only claimed.
 */
public sealed interface PeerCheck {
  /** Whether a peer proven to be {@code peer} may stay. */
  boolean accepts(SpiffeId peer);

  /** One of these identities, exactly: what a client asks of a server. */
  record AnyOf(Set<SpiffeId> ids) implements PeerCheck {
    public AnyOf {
      ids = Set.copyOf(ids);
      if (ids.isEmpty()) {
        throw new IllegalArgumentException("ids: none (expected: >= 1 identity)");
      }
    }

    @Override
    public boolean accepts(SpiffeId peer) {
      return ids.contains(peer);
    }
  }

  /**
   * Any identity of {@code trustDomain} or of one of its other names: what a server asks of its
   * clients, before policies are looked at.
   */
  record SameTrustDomain(TrustDomain trustDomain, Set<TrustDomain> aliases) implements PeerCheck {
    public SameTrustDomain {
      aliases = Set.copyOf(aliases);
    }

    @Override
    public boolean accepts(SpiffeId peer) {
      return trustDomain.equals(peer.trustDomain()) || aliases.contains(peer.trustDomain());
    }
  }

  /** Exactly {@code id}. */
  static PeerCheck is(SpiffeId id) {
    return new AnyOf(Set.of(id));
  }

  /** Any identity of {@code trustDomain}. */
  static PeerCheck sameTrustDomain(TrustDomain trustDomain) {
    return new SameTrustDomain(trustDomain, Set.of());
  }
}
