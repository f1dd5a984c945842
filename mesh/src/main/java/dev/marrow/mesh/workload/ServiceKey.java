package dev.marrow.mesh.workload;

/** What a service is found by: the namespace that declares it and its host name. */
public record ServiceKey(String namespace, String hostname) implements Comparable<ServiceKey> {
  public ServiceKey {
    Check.that(
        !namespace.isEmpty() && namespace.indexOf('/') < 0, "namespace", namespace, "a name");
    Check.that(!hostname.isEmpty() && hostname.indexOf('/') < 0, "hostname", hostname, "a name");
  }

  /** Reads {@code namespace/hostname}. */
  public static ServiceKey parse(String text) {
    int slash = text.indexOf('/');
    Check.that(slash >= 0, "service", text, "namespace/hostname");
    return new ServiceKey(text.substring(0, slash), text.substring(slash + 1));
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
