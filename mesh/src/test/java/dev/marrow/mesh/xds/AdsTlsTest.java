package dev.marrow.mesh.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.mesh.MeshView;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdsTlsTest {
  private final TestCa ca = TestCa.of("cluster.local");
  private final BlockingQueue<AdsMetrics.Termination> ends = new LinkedBlockingQueue<>();

  @TempDir private Path directory;

  @Test
  void theServerIsTrustedForItsOwnName() throws Exception {
    try (TestAdsServer server = server("localhost");
        AdsClient client =
            client(server, AdsServer.tls("localhost", server.port(), roots(ca)), noToken())) {
      client.start();

      server.stream().request();
    }
  }

  @Test
  void theServerIsTrustedForAnotherNameIfThatIsSet() throws Exception {
    try (TestAdsServer server = server("istiod.istio-system.svc");
        AdsClient client =
            client(
                server,
                new AdsServer.Tls("127.0.0.1", server.port(), roots(ca), "istiod.istio-system.svc"),
                noToken())) {
      client.start();

      server.stream().request();
    }
  }

  @Test
  void aServerOfAnotherNameIsRefused() throws Exception {
    try (TestAdsServer server = server("elsewhere.example");
        AdsClient client =
            client(server, AdsServer.tls("localhost", server.port(), roots(ca)), noToken())) {
      client.start();

      assertThat(ends.poll(20, TimeUnit.SECONDS))
          .isEqualTo(AdsMetrics.Termination.CONNECTION_ERROR);
    }
  }

  @Test
  void rootsAndTokenAreReadAgainForEachConnection() throws Exception {
    Path rootFile = directory.resolve("root.pem");
    Path tokenFile = directory.resolve("token");
    Files.writeString(rootFile, pem(TestCa.of("other.example").root()));
    Files.writeString(tokenFile, "first\n");
    try (TestAdsServer server = server("localhost");
        AdsClient client =
            client(
                server,
                AdsServer.tls("localhost", server.port(), new RootCertificates.PemFile(rootFile)),
                new BearerToken.TokenFile(tokenFile))) {
      client.start();
      assertThat(ends.poll(20, TimeUnit.SECONDS))
          .isEqualTo(AdsMetrics.Termination.CONNECTION_ERROR);

      Files.writeString(rootFile, pem(ca.root()));
      TestAdsServer.Stream stream = server.stream();
      assertThat(stream.header("authorization")).isEqualTo("Bearer first");

      Files.writeString(tokenFile, "second\n");
      stream.complete();
      assertThat(server.stream().header("authorization")).isEqualTo("Bearer second");
    }
  }

  @Test
  void aRootFileThatIsMissingIsTriedAgain() throws Exception {
    Path rootFile = directory.resolve("root.pem");
    try (TestAdsServer server = server("localhost");
        AdsClient client =
            client(
                server,
                AdsServer.tls("localhost", server.port(), new RootCertificates.PemFile(rootFile)),
                noToken())) {
      client.start();
      assertThat(ends.poll(20, TimeUnit.SECONDS))
          .isEqualTo(AdsMetrics.Termination.CONNECTION_ERROR);

      Files.writeString(rootFile, pem(ca.root()));

      server.stream().request();
    }
  }

  @Test
  void plaintextIsForLoopbackOnly() {
    assertThat(new AdsServer.Plaintext("::1", 1).port()).isEqualTo(1);
    assertThatThrownBy(() -> new AdsServer.Plaintext("198.18.0.1", 1))
        .hasMessageContaining("loopback");
    assertThatThrownBy(() -> new AdsServer.Plaintext("istiod.svc", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rootsAreAPathPemOrThoseOfTheSystem() {
    assertThat(RootCertificates.parse("SYSTEM")).isEqualTo(new RootCertificates.System());
    assertThat(RootCertificates.parse("-----BEGIN CERTIFICATE-----\n"))
        .isInstanceOf(RootCertificates.Pem.class);
    assertThat(RootCertificates.parse("/a/b.pem"))
        .isEqualTo(new RootCertificates.PemFile(Path.of("/a/b.pem")));
  }

  @Test
  void aTokenIsNotShown() {
    assertThat(new BearerToken.Literal("secret").toString()).doesNotContain("secret");
  }

  private AdsClient client(TestAdsServer server, AdsServer address, BearerToken token) {
    assertThat(server.port()).isPositive();
    AdsMetrics metrics =
        new AdsMetrics() {
          @Override
          public void onTermination(Termination reason) {
            ends.add(reason);
          }
        };
    return new AdsClient(
        AdsSettings.of(address, new AdsNode("id", Map.of()), token, Map.of()),
        new MeshSubscription(MeshView.EMPTY).handlers(),
        metrics);
  }

  private TestAdsServer server(String dnsName) throws Exception {
    WorkloadCertificate certificate =
        ca.issue(
            "spiffe://cluster.local/ns/a/sa/b", leaf -> leaf.name(GeneralName.dNSName, dnsName));
    SslContext context =
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(
                    certificate.key(), certificate.chain().toArray(X509Certificate[]::new)))
            .protocols(List.of("TLSv1.3"))
            .build();
    return TestAdsServer.tls(context);
  }

  private static BearerToken noToken() {
    return new BearerToken.None();
  }

  private static RootCertificates roots(TestCa ca) throws Exception {
    return new RootCertificates.Pem(pem(ca.root()));
  }

  private static String pem(X509Certificate certificate) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
