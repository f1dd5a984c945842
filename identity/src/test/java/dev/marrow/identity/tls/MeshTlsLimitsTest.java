package dev.marrow.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.PeerRefusal;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestClock;
import dev.marrow.identity.Verdict;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.tls.TlsSettings.Compliance;
import io.netty.handler.ssl.OpenSslSession;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeshTlsLimitsTest {
  @RegisterExtension final OpenTls open = new OpenTls();
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";

  private final TestCa ca = TestCa.of("cluster.local");
  private final WorkloadCertificate shop = ca.issue(SHOP);
  private final WorkloadCertificate cart = ca.issue(CART);

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void aHelloInTinyRecordsIsAcceptedWithACertificate(TlsSettings.Provider provider) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var net = server(tls)) {
      var client =
          net.connect(
              address(net),
              a -> tls.client(a, shop, PeerCheck.is(cart.id())),
              new OneByteRecords());

      assertThat(Handshakes.outcome(client)).isEqualTo("hello");
      assertThat(Handshakes.outcome(net.server())).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void aHelloInTinyRecordsIsStillRefusedWithoutACertificate(TlsSettings.Provider provider) {
    try (var net = server(open.create(TlsSettings.DEFAULT.with(provider)))) {
      net.connect(address(net), a -> stranger(), new OneByteRecords());

      assertThat(Handshakes.outcome(net.server())).isEqualTo("NO_CERTIFICATE");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void whoSaysNothingIsTimedOut(TlsSettings.Provider provider) throws IOException {
    TlsSettings settings =
        TlsSettings.DEFAULT.with(provider).withHandshakeTimeout(Duration.ofMillis(100));
    try (var net = server(open.create(settings));
        var silent = new Socket(InetAddress.getLoopbackAddress(), net.port())) {
      assertThat(Handshakes.outcome(net.server())).isEqualTo("TIMEOUT");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void plainHttpGetsNoAnswer(TlsSettings.Provider provider) throws IOException {
    try (var net = server(open.create(TlsSettings.DEFAULT.with(provider)));
        var plain = new Socket(InetAddress.getLoopbackAddress(), net.port())) {
      plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(Handshakes.outcome(net.server())).isEqualTo("NOT_TLS");
      byte[] answer = plain.getInputStream().readAllBytes();
      assertThat(new String(answer, StandardCharsets.US_ASCII)).doesNotContain("HTTP");
    }
  }

  @Test
  void theKeyExchangeIsPostQuantumByDefaultAndUnderPolicy() {
    for (Compliance compliance : Compliance.values()) {
      MeshTls tls = open.create(TlsSettings.DEFAULT.with(compliance));
      try (var net = server(tls)) {
        var client = net.connect(a -> tls.client(a, shop, PeerCheck.is(cart.id())));
        assertThat(Handshakes.outcome(client)).isEqualTo("hello");

        SSLSession session = client.tls().engine().getSession();
        assertThat(((OpenSslSession) session).getNamedGroup()).isEqualTo("X25519MLKEM768");
      }
    }
  }

  @Test
  void policiesThatCannotHoldAreRefused() {
    TlsSettings jdk = TlsSettings.DEFAULT.with(TlsSettings.Provider.JDK);

    assertThatThrownBy(() -> jdk.with(Compliance.PQC)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TlsSettings.DEFAULT.with(Compliance.PQC).withTls12(true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void anotherCertificateServesTheNextConnection(TlsSettings.Provider provider) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    WorkloadCertificate renewed = ca.issue(SHOP);
    List<Object> seen = new ArrayList<>();
    for (WorkloadCertificate own : List.of(shop, renewed, shop)) {
      try (var net = server(tls)) {
        var client = net.connect(a -> tls.client(a, own, PeerCheck.is(cart.id())));
        assertThat(Handshakes.outcome(client)).isEqualTo("hello");
        assertThat(Handshakes.outcome(net.server())).isEqualTo("hello");
        seen.add(serial(net.server().tls()));
      }
    }

    assertThat(seen)
        .containsExactly(
            shop.leaf().getSerialNumber(),
            renewed.leaf().getSerialNumber(),
            shop.leaf().getSerialNumber());
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void contextsThatAreDroppedDoNotDisturbConnections(TlsSettings.Provider provider) {
    TlsSettings one =
        new TlsSettings(
            provider,
            Compliance.DEFAULT,
            false,
            Duration.ofSeconds(10),
            TlsSettings.DEFAULT.chain(),
            1);
    MeshTls tls = open.create(one);
    try (var net = server(tls)) {
      for (int i = 0; i < 5; i++) {
        var client = net.connect(a -> tls.client(a, shop, PeerCheck.is(cart.id())));
        assertThat(Handshakes.outcome(client)).isEqualTo("hello");
      }
    }
    tls.close();
    assertThat(tls.pendingHandshakes()).isZero();
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void aRevokedPeerIsRefusedAndAnOpenConnectionCanBeJudgedAgain(TlsSettings.Provider provider) {
    List<Verdict.Refused> revoked = new ArrayList<>();
    MeshTls tls =
        open.create(
            TlsSettings.DEFAULT.with(provider),
            Clock.systemUTC(),
            path -> path.getFirst().equals(shop.leaf()) ? first(revoked) : Optional.empty());
    try (var net = server(tls)) {
      var client = net.connect(a -> tls.client(a, shop, PeerCheck.is(cart.id())));
      assertThat(Handshakes.outcome(client)).isEqualTo("hello");
      assertThat(Handshakes.outcome(net.server())).isEqualTo("hello");
      SSLSession session = net.server().tls().engine().getSession();
      assertThat(tls.judgeAgain(session, cart, PeerRole.CLIENT))
          .isInstanceOf(Verdict.Verified.class);

      revoked.add(new Verdict.Refused(PeerRefusal.REVOKED, "serial 1"));

      assertThat(tls.judgeAgain(session, cart, PeerRole.CLIENT)).isEqualTo(revoked.getFirst());
    }
    try (var net = server(tls)) {
      net.connect(a -> tls.client(a, shop, PeerCheck.is(cart.id())));
      assertThat(Handshakes.outcome(net.server())).isEqualTo("REVOKED");
    }
  }

  @Test
  void aPeerWhoseCertificateExpiredSinceIsJudgedAgainByRevocationOnly() {
    List<Verdict.Refused> revoked = new ArrayList<>();
    TestClock clock = new TestClock(Instant.now());
    MeshTls tls = open.create(TlsSettings.DEFAULT, clock, path -> first(revoked));
    try (var net = server(tls)) {
      var client = net.connect(a -> tls.client(a, shop, PeerCheck.is(cart.id())));
      assertThat(Handshakes.outcome(client)).isEqualTo("hello");
      assertThat(Handshakes.outcome(net.server())).isEqualTo("hello");
      SSLSession session = net.server().tls().engine().getSession();

      clock.advance(Duration.ofDays(2));

      assertThat(tls.judgeAgain(session, cart, PeerRole.CLIENT))
          .isInstanceOf(Verdict.Verified.class);
      revoked.add(new Verdict.Refused(PeerRefusal.REVOKED, "serial 1"));
      assertThat(tls.judgeAgain(session, cart, PeerRole.CLIENT)).isEqualTo(revoked.getFirst());
    }
  }

  @Test
  void theClockDecidesWhatHasExpired() {
    TestClock tomorrow = new TestClock(Instant.now().plus(Duration.ofDays(1)));
    MeshTls tls = open.create(TlsSettings.DEFAULT, tomorrow, path -> Optional.empty());
    try (var net = server(tls)) {
      var client =
          net.connect(
              a -> open.create(TlsSettings.DEFAULT).client(a, shop, PeerCheck.is(cart.id())));

      assertThat(Handshakes.outcome(net.server())).isEqualTo("EXPIRED");
      assertThat(Handshakes.outcome(client)).isEqualTo("PEER_ALERT_CERTIFICATE_EXPIRED");
    }
  }

  private Handshakes server(MeshTls tls) {
    return new Handshakes(a -> tls.server(a, cart, PeerCheck.sameTrustDomain(ca.trustDomain())));
  }

  private static Optional<Verdict.Refused> first(List<Verdict.Refused> revoked) {
    return revoked.stream().findFirst();
  }

  private static Object serial(SslHandler tls) {
    try {
      var leaf = (X509Certificate) tls.engine().getSession().getPeerCertificates()[0];
      return leaf.getSerialNumber();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client of the JDK's that trusts everybody and shows nothing. */
  private static SslHandler stranger() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(true);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      engine.setSSLParameters(parameters);
      return new SslHandler(engine);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InetSocketAddress address(Handshakes net) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), net.port());
  }
}
