package dev.marrow.cli.local.plan;

/** What names a pod. */
public record PodKey(String namespace, String name) implements Comparable<PodKey> {
  @Override
  public int compareTo(PodKey other) {
    int order = namespace.compareTo(other.namespace);
    return order != 0 ? order : name.compareTo(other.name);
  }

  /** {@code NAMESPACE/NAME}. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
