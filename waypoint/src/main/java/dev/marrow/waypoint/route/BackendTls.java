package dev.marrow.waypoint.route;

import java.util.List;

/**
 * TLS to a backend, from us.
 *
 * @param caCertificates PEM; "" stands for the system's roots
 * @param subjectAltNames which of the certificate's names will do; none: the host name
 */
public record BackendTls(String hostname, String caCertificates, List<String> subjectAltNames) {
  public BackendTls {
    subjectAltNames = List.copyOf(subjectAltNames);
    if (hostname.isEmpty()) {
      throw new IllegalArgumentException("backend tls hostname: '' (expected: a name)");
    }
  }
}
