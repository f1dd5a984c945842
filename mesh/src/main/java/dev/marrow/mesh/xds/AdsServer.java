package dev.marrow.mesh.xds;

import dev.marrow.mesh.workload.IpText;

/** Where the control plane is, and how it proves to be it. */
public sealed interface AdsServer {
  String host();

  int port();

  /**
   * TLS 1.3.
   *
   * @param verifiedName the name its certificate must carry: the host, or another one
   */
  record Tls(String host, int port, RootCertificates roots, String verifiedName)
      implements AdsServer {}

  /** No TLS. Only to a loopback address, for tests. */
  record Plaintext(String host, int port) implements AdsServer {
    public Plaintext {
      if (!host.equals("localhost") && !IpText.parse(host).isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "plaintext xDS host: '%s' (expected: a loopback address)".formatted(host));
      }
    }
  }

  /** TLS with the name of the address itself. */
  static AdsServer tls(String host, int port, RootCertificates roots) {
    return new Tls(host, port, roots, host);
  }
}
