package dev.marrow.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.Pem;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.TlsSettings.Compliance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the openssl command, which knows nothing of SPIFFE. */
class ForeignPeerTest {
  @RegisterExtension final OpenTls open = new OpenTls();
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";

  private final TestCa ca = TestCa.of("cluster.local");
  private final WorkloadCertificate shop = ca.issue(SHOP);
  private final WorkloadCertificate cart = ca.issue(CART);
  @TempDir Path temp;
  private Path chain;
  private Path key;

  @BeforeEach
  void files() throws IOException {
    chain = Files.writeString(temp.resolve("chain.pem"), Pem.encode(shop.chain()));
    key = Files.writeString(temp.resolve("key.pem"), Pem.encode(shop.key()));
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void withACertificateItIsLetIn(TlsSettings.Provider provider) {
    try (var net = server(TlsSettings.DEFAULT.with(provider));
        var client =
            client(net, "-cert", chain.toString(), "-key", key.toString(), "-alpn", "h2")) {
      String output = client.until("hello");

      assertThat(output).contains("hello").contains("TLSv1.3").contains("ALPN protocol: h2");
      assertThat(output).contains("No client certificate CA names sent");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void noTicketIsEverSent(TlsSettings.Provider provider) {
    try (var net = server(TlsSettings.DEFAULT.with(provider));
        var client =
            client(net, "-cert", chain.toString(), "-key", key.toString(), "-alpn", "h2", "-msg")) {
      assertThat(client.until("hello")).contains("hello").doesNotContain("NewSessionTicket");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void withoutACertificateItIsRefused(TlsSettings.Provider provider) {
    try (var net = server(TlsSettings.DEFAULT.with(provider));
        var client = client(net, "-alpn", "h2")) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_CERTIFICATE");
      assertThat(client.toEnd()).contains("alert").doesNotContain("hello");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void withoutH2ItIsRefused(TlsSettings.Provider provider) {
    try (var net = server(TlsSettings.DEFAULT.with(provider));
        var client =
            client(net, "-cert", chain.toString(), "-key", key.toString(), "-alpn", "http/1.1")) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_APPLICATION_PROTOCOL");
      assertThat(client.toEnd()).contains("alert").doesNotContain("hello");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void withoutAnyProtocolItIsRefused(TlsSettings.Provider provider) {
    try (var net = server(TlsSettings.DEFAULT.with(provider));
        var client = client(net, "-cert", chain.toString(), "-key", key.toString())) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_APPLICATION_PROTOCOL");
      assertThat(client.toEnd()).doesNotContain("hello");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void tls12IsRefusedUnlessEnabled(TlsSettings.Provider provider) {
    TlsSettings settings = TlsSettings.DEFAULT.with(provider);
    String[] tls12 = {"-cert", chain.toString(), "-key", key.toString(), "-alpn", "h2", "-tls1_2"};
    try (var net = server(settings);
        var client = client(net, tls12)) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_COMMON_PARAMETERS");
      assertThat(client.toEnd()).contains("protocol version");
    }
    try (var net = server(settings.withTls12(true));
        var client = client(net, tls12)) {
      assertThat(client.until("hello")).contains("hello").contains("TLSv1.2");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void oldCiphersOfTls12StayRefused(TlsSettings.Provider provider) {
    try (var net = server(TlsSettings.DEFAULT.with(provider).withTls12(true));
        var client =
            client(
                net,
                "-cert",
                chain.toString(),
                "-key",
                key.toString(),
                "-alpn",
                "h2",
                "-tls1_2",
                "-cipher",
                "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA")) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_COMMON_PARAMETERS");
      assertThat(client.toEnd()).doesNotContain("hello");
    }
  }

  @Test
  void aTls12SessionIsNotResumed() {
    for (TlsSettings.Provider provider : TlsSettings.Provider.values()) {
      Path session = temp.resolve("session-" + provider);
      String[] common = {
        "-cert", chain.toString(), "-key", key.toString(), "-alpn", "h2", "-tls1_2"
      };
      try (var net = server(TlsSettings.DEFAULT.with(provider).withTls12(true))) {
        try (var client = client(net, plus(common, "-sess_out", session.toString()))) {
          assertThat(client.until("hello"))
              .as(provider.name())
              .contains("hello")
              .contains("New, TLSv1.2");
        }
        if (!Files.exists(session)) {
          continue;
        }
        try (var client = client(net, plus(common, "-sess_in", session.toString()))) {
          assertThat(client.until("hello")).contains("New, TLSv1.2").doesNotContain("Reused");
        }
      }
    }
  }

  @Test
  void whoHasNoPostQuantumKeyExchangeIsRefusedUnderThatPolicy() {
    try (var net = server(TlsSettings.DEFAULT.with(Compliance.PQC));
        var client =
            client(
                net,
                "-cert",
                chain.toString(),
                "-key",
                key.toString(),
                "-alpn",
                "h2",
                "-groups",
                "X25519:P-256")) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_COMMON_PARAMETERS");
      assertThat(client.toEnd()).contains("handshake failure");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void ourCertificateIsShownWhateverIssuersAServerNames(TlsSettings.Provider provider)
      throws IOException {
    Path stranger =
        Files.writeString(temp.resolve("ca.pem"), Pem.encode(TestCa.of("stranger").root()));
    int port = freePort();
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var server =
            Openssl.run(
                "s_server",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                chain.toString(),
                "-key",
                key.toString(),
                "-Verify",
                "2",
                "-CAfile",
                stranger.toString(),
                "-alpn",
                "h2",
                "-tlsextdebug",
                "-tls1_3");
        var net = server(TlsSettings.DEFAULT)) {
      server.until("ACCEPT");
      var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      net.connect(to, a -> tls.client(a, cart, PeerCheck.is(shop.id())));

      assertThat(server.until("CIPHER is"))
          .contains("BEGIN CERTIFICATE")
          .contains(Pem.encode(cart.leaf()).lines().skip(1).findFirst().orElseThrow())
          .doesNotContain("server name");
    }
  }

  private Handshakes server(TlsSettings settings) {
    MeshTls tls = open.create(settings);
    return new Handshakes(a -> tls.server(a, cart, PeerCheck.sameTrustDomain(ca.trustDomain())));
  }

  private static Openssl client(Handshakes net, String... arguments) {
    return Openssl.run(
        plus(
            new String[] {"s_client", "-connect", "127.0.0.1:" + net.port(), "-noservername"},
            arguments));
  }

  private static String[] plus(String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
