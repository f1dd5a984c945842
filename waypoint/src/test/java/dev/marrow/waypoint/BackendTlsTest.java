package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS from the waypoint to its backends (BackendTLSPolicy), against the JDK's and gRPC's servers.
 */
@Timeout(60)
class BackendTlsTest {
  private static final String URI = "spiffe://cluster.local/ns/shop/sa/reviews";

  @TempDir Path folder;

  private final TestCa ca = TestCa.of("cluster.local");
  private final WorkloadCertificate certificate =
      ca.issue(URI, leaf -> leaf.name(2, "reviews.example"));

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----\\n%s\\n-----END %s-----\\n"
        .formatted(type, Base64.getEncoder().encodeToString(der), type);
  }

  private static String tls(TestCa trusted, String hostname, String more) throws Exception {
    return "\"backendTls\": { \"hostname\": \"%s\", \"caCertificates\": \"%s\" %s }"
        .formatted(hostname, pem("CERTIFICATE", trusted.root().getEncoded()), more);
  }

  private static String port(String protocol, String tls) {
    return "\"ports\": [ { \"port\": 80, \"protocol\": \"" + protocol + "\", " + tls + " } ]";
  }

  private HttpsServer server() throws Exception {
    HttpsServer server = at(PlainWaypoint.loopback());
    server.createContext("/", Apps.saying("secret"));
    server.start();
    return server;
  }

  private HttpsServer at(InetSocketAddress address) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "key", certificate.key(), new char[0], certificate.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return server;
  }

  private int status(String tls) throws Exception {
    HttpsServer server = server();
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .endpoint("reviews", server.getAddress())
            .rules("reviews", port("HTTP1", tls))
            .owning(() -> server.stop(0))
            .start()) {
      return waypoint.get("/").statusCode();
    }
  }

  @Test
  void aBackendWithTheRightNameIsSpokenTo() throws Exception {
    assertThat(status(tls(ca, "reviews.example", ""))).isEqualTo(200);
  }

  @Test
  void anotherNameOrAnotherAuthorityIsNot() throws Exception {
    assertThat(status(tls(ca, "ratings.example", ""))).isEqualTo(503);
    assertThat(status(tls(TestCa.of("cluster.local"), "reviews.example", ""))).isEqualTo(503);
  }

  @Test
  void alternativeNamesTakeTheHostnamesPlace() throws Exception {
    assertThat(status(tls(ca, "x.example", ", \"subjectAltNames\": [\"" + URI + "\"]")))
        .isEqualTo(200);
    assertThat(status(tls(ca, "x.example", ", \"subjectAltNames\": [\"reviews.example\"]")))
        .isEqualTo(200);
    assertThat(status(tls(ca, "reviews.example", ", \"subjectAltNames\": [\"other.example\"]")))
        .isEqualTo(503);
  }

  @Test
  void grpcNegotiatesHttp2() throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    Server server =
        NettyServerBuilder.forAddress(PlainWaypoint.loopback())
            .addService(health.getHealthService())
            .useTransportSecurity(
                stream(pem("CERTIFICATE", certificate.chain().getFirst().getEncoded())),
                stream(pem("PRIVATE KEY", certificate.key().getEncoded())))
            .build()
            .start();
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .endpoint("reviews", (InetSocketAddress) server.getListenSockets().getFirst())
            .rules("reviews", port("GRPC", tls(ca, "reviews.example", "")))
            .owning(server::shutdownNow)
            .start()) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", waypoint.port("reviews"))
              .usePlaintext()
              .build();
      HealthCheckResponse answer =
          HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());

      assertThat(answer.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      channel.shutdownNow();
    }
  }

  @Test
  void tlsOfTheBackendItselfRunsInsideTheTunnel() throws Exception {
    String rules = port("HTTP1", tls(ca, "reviews.example", ""));
    try (TestMesh mesh = new TestMesh(folder, rules, Apps.saying("twice"), this::at);
        HttpClient http = HttpClient.newHttpClient()) {
      for (int i = 0; i < 3; i++) {
        var response =
            http.send(
                HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + mesh.port()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("twice");
      }
    }
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII));
  }
}
