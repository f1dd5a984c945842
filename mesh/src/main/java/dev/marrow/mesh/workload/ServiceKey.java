package dev.marrow.mesh.workload;

/** What a service is found by: the namespace that declares it and its host name. */
public record ServiceKey(String namespace, String hostname) implements Comparable<ServiceKey> {
  public ServiceKey {
    Check.that(isName(namespace), "namespace", namespace, "a name without '/'");
    Check.that(isName(hostname), "hostname", hostname, "a name without '/'");
  }

  /** Whether the two make a key; for names that come from a peer. */
  public static boolean isKey(String namespace, String hostname) {
    return isName(namespace) && isName(hostname);
  }

  /** Reads {@code namespace/hostname}. */
  public static ServiceKey parse(String text) {
    int slash = text.indexOf('/');
    Check.that(slash >= 0, "service", text, "namespace/hostname");
    return new ServiceKey(text.substring(0, slash), text.substring(slash + 1));
  }

  private static boolean isName(String text) {
    return !text.isEmpty() && text.indexOf('/') < 0;
  }

  @Override
  public int compareTo(ServiceKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : hostname.compareTo(other.hostname);
  }

  @Override
  public String toString() {
    return namespace + "/" + hostname;
  }
}
