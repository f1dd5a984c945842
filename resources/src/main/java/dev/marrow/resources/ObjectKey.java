package dev.marrow.resources;

/**
 * What names an object.
 *
 * @param kind the kind; {@code Kind.group} where another API group has a better known kind of the
 *     same name (Istio's {@code Gateway.networking.istio.io})
 * @param namespace empty for what belongs to no namespace
 */
public record ObjectKey(String kind, String namespace, String name)
    implements Comparable<ObjectKey> {
  public ObjectKey {
    if (kind.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException(
          "object key: '%s' '%s' (expected: a kind and a name)".formatted(kind, name));
    }
  }

  @Override
  public int compareTo(ObjectKey other) {
    int order = kind.compareTo(other.kind);
    order = order != 0 ? order : namespace.compareTo(other.namespace);
    return order != 0 ? order : name.compareTo(other.name);
  }

  /** For example {@code Pod shop/web-1}. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
  }
}
