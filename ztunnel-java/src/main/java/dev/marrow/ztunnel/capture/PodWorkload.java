package dev.marrow.ztunnel.capture;

/** Who a pod is. The service account, with the namespace, is its identity. */
public record PodWorkload(String namespace, String name, String serviceAccount) {
  public PodWorkload {
    check("namespace", namespace);
    check("name", name);
    check("service account", serviceAccount);
  }

  private static void check(String what, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("pod %s: '' (expected: not empty)".formatted(what));
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
