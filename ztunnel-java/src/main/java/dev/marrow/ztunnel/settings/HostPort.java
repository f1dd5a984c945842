package dev.marrow.ztunnel.settings;

/** A host, by name or address and without brackets, and a port. */
public record HostPort(String host, int port) {
  public HostPort {
    if (host.isEmpty() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "address: '%s:%d' (expected: host:port)".formatted(host, port));
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
