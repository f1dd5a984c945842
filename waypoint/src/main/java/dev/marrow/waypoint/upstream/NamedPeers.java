package dev.marrow.waypoint.upstream;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts servers whose chain is good and whose certificate has one of certain names, DNS or URI
 * (GatewayAPI BackendTLSPolicy.validation.subjectAltNames). Thread-safe.
 */
final class NamedPeers extends X509ExtendedTrustManager {
  private static final int DNS = 2;
  private static final int URI = 6;

  private final X509ExtendedTrustManager chains;
  private final Set<String> names;

  NamedPeers(X509ExtendedTrustManager chains, List<String> names) {
    this.chains = chains;
    this.names =
        names.stream().map(n -> n.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
  }

  private void checkNames(X509Certificate[] chain) throws CertificateException {
    Collection<List<?>> found = chain[0].getSubjectAlternativeNames();
    if (found != null) {
      for (List<?> name : found) {
        boolean known = name.get(0).equals(DNS) || name.get(0).equals(URI);
        if (known && admits(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))) {
          return;
        }
      }
    }
    throw new CertificateException("subject alternative name: none of " + names);
  }

  /** A certificate may have an asterisk for its first label (RFC 9525 §6.3). */
  private boolean admits(String presented) {
    if (!presented.startsWith("*.")) {
      return names.contains(presented);
    }
    String rest = presented.substring(1);
    return names.stream()
        .anyMatch(n -> n.indexOf('.') > 0 && n.substring(n.indexOf('.')).equals(rest));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    chains.checkServerTrusted(chain, type, engine);
    checkNames(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    chains.checkServerTrusted(chain, type, socket);
    checkNames(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    chains.checkServerTrusted(chain, type);
    checkNames(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("clients: none (expected: servers only)");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("clients: none (expected: servers only)");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("clients: none (expected: servers only)");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains.getAcceptedIssuers();
  }
}
