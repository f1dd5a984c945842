package dev.marrow.waypoint.route;

import java.util.List;

/**
 * TLS to a backend, from us.
 *
 * @param hostname for SNI, and of the certificate; "" stands for the service's
 * @param caCertificates PEM; "" stands for the system's roots
 * @param subjectAltNames which of the certificate's names will do; none: the host name
 */
public record BackendTls(String hostname, String caCertificates, List<String> subjectAltNames) {
  /** Instead of certificates: no server is trusted, so that none is spoken to. */
  public static final String NOBODY = "nobody";

  public BackendTls {
    subjectAltNames = List.copyOf(subjectAltNames);
  }

  /** This, with {@code name} where nobody gave one. */
  public BackendTls orNamed(String name) {
    return hostname.isEmpty() ? new BackendTls(name, caCertificates, subjectAltNames) : this;
  }
}
