package dev.marrow.mesh.workload;

import dev.marrow.identity.SpiffeId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Further names a server of a service may show. Names that are not SPIFFE ids (they are meant for
 * plain TLS) are kept for display and never accepted as an identity.
 */
public final class SubjectAltNames {
  /** None. */
  public static final SubjectAltNames NONE = new SubjectAltNames(List.of());

  private final List<String> names;
  private final Set<SpiffeId> identities;

  private SubjectAltNames(List<String> names) {
    this.names = List.copyOf(names);
    Set<SpiffeId> parsed = new LinkedHashSet<>();
    for (String name : names) {
      if (name.startsWith("spiffe://")) {
        parseInto(parsed, name);
      }
    }
    this.identities = Set.copyOf(parsed);
  }

  /** The names as the control plane wrote them. */
  public static SubjectAltNames of(List<String> names) {
    return names.isEmpty() ? NONE : new SubjectAltNames(names);
  }

  /** All names, in the order given. */
  public List<String> names() {
    return names;
  }

  /** Those that are identities. */
  public Set<SpiffeId> identities() {
    return identities;
  }

  private static void parseInto(Set<SpiffeId> parsed, String name) {
    try {
      parsed.add(SpiffeId.parse(name));
    } catch (IllegalArgumentException e) {
      // Not accepted as an identity: the set gets narrower, never wider.
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectAltNames that && names.equals(that.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
