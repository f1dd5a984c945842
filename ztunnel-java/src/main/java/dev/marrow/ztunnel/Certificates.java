package dev.marrow.ztunnel;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.issue.Backoff;
import dev.marrow.identity.issue.Credentials;
import dev.marrow.identity.issue.CsrSettings;
import dev.marrow.identity.issue.FileOrText;
import dev.marrow.identity.issue.IssueSettings;
import dev.marrow.identity.issue.IssuedCertificates;
import dev.marrow.identity.issue.TestAuthorityCertificates;
import dev.marrow.ztunnel.settings.CertificateSettings;
import dev.marrow.ztunnel.settings.CertificateSettings.AuthorityFiles;
import dev.marrow.ztunnel.settings.CertificateSettings.Issuer;
import dev.marrow.ztunnel.settings.Mode;
import dev.marrow.ztunnel.settings.ServerSettings;
import dev.marrow.ztunnel.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;

/** Opens the source of certificates that the settings name. */
final class Certificates {
  private static final int MOST_IDENTITIES = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Certificates() {}

  static CertificateSource open(Settings settings) {
    CertificateSettings certificates = settings.certificates();
    return switch (certificates.issuer()) {
      case Issuer.Fake(var files) ->
          files
              .map(f -> test(f, certificates.life()))
              .orElseGet(() -> testAuthorityOfAll(certificates.life()));
      case Issuer.Service(ServerSettings server) -> service(settings, server);
    };
  }

  private static CertificateSource test(AuthorityFiles files, Duration life) {
    return TestAuthorityCertificates.open(
        new FileOrText.File(files.root()), new FileOrText.File(files.key()), life);
  }

  /** The authority that is the same in every build: two proxies trust each other without files. */
  private static CertificateSource testAuthorityOfAll(Duration life) {
    return TestAuthorityCertificates.open(
        new FileOrText.Text(resource("test-authority-root.pem")),
        new FileOrText.Text(resource("test-authority-key.pem")),
        life);
  }

  private static String resource(String name) {
    try (InputStream in = Certificates.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource: '%s' (expected: in this jar)".formatted(name));
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.substring(text.indexOf("-----BEGIN"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CertificateSource service(Settings settings, ServerSettings server) {
    var headers = new HashMap<>(server.headers());
    headers.put("clusterid", settings.node().clusterId());
    var service =
        new CsrSettings(
            server.address().host(),
            server.address().port(),
            server.alternativeName().isEmpty() ? server.address().host() : server.alternativeName(),
            fileOrText(server.roots()),
            server.token().isEmpty()
                ? new Credentials.Anonymous()
                : new Credentials.Bearer(tokenOf(server.token())),
            headers,
            settings.certificates().life(),
            settings.mode() instanceof Mode.Shared,
            PATIENCE,
            settings.node().trustDomainAliases());
    return IssuedCertificates.fromService(
        service,
        new IssueSettings(
            settings.certificates().parallelFetches(), MOST_IDENTITIES, Backoff.DEFAULT));
  }

  private static FileOrText fileOrText(String roots) {
    return roots.contains("-----BEGIN")
        ? new FileOrText.Text(roots)
        : new FileOrText.File(Path.of(roots));
  }

  private static FileOrText tokenOf(String token) {
    Path path = Path.of(token);
    return java.nio.file.Files.exists(path) ? new FileOrText.File(path) : FileOrText.parse(token);
  }
}
