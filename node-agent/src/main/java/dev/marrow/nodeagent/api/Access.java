package dev.marrow.nodeagent.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.LoggerFactory;

/**
 * Where an API server is, whom it is to be and who we are. Thread-safe.
 *
 * @param server without a slash at the end
 * @param bearer the token to show now, or empty
 */
public record Access(URI server, SSLContext tls, Supplier<String> bearer) {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  /** As a pod's own service account. */
  public static Access inCluster(Map<String, String> environment) throws IOException {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    if (host.isEmpty()) {
      throw new IOException("KUBERNETES_SERVICE_HOST: not set (expected: to run in a pod)");
    }
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return new Access(
        URI.create("https://" + literal + ":" + port),
        trusting(Files.readAllBytes(ACCOUNT.resolve("ca.crt"))),
        () -> read(ACCOUNT.resolve("token")));
  }

  private static SSLContext trusting(byte[] authorities) throws IOException {
    try {
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      int n = 0;
      for (Certificate root : x509.generateCertificates(new ByteArrayInputStream(authorities))) {
        roots.setCertificateEntry("root-" + n++, root);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(roots);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException wrong) {
      throw new IOException("the API server's authority: " + wrong.getMessage(), wrong);
    }
  }

  private static String read(Path token) {
    try {
      return Files.readString(token).strip();
    } catch (IOException gone) {
      LoggerFactory.getLogger(Access.class).warn("token: {}", gone.toString());
      return "";
    }
  }

  Optional<String> token() {
    return Optional.of(bearer.get()).filter(token -> !token.isEmpty());
  }
}
