package dev.marrow.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.PeerCheck;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeshTlsTest {
  @RegisterExtension final OpenTls open = new OpenTls();
  private static final String SHOP = "spiffe://cluster.local/ns/shop/sa/shop";
  private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";

  private final TestCa ca = TestCa.of("cluster.local");
  private final WorkloadCertificate shop = ca.issue(SHOP);
  private final WorkloadCertificate cart = ca.issue(CART);

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void bothEndsKnowWhoTheOtherIs(TlsSettings.Provider provider) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var net =
        new Handshakes(a -> tls.server(a, cart, PeerCheck.sameTrustDomain(ca.trustDomain())))) {
      var client = net.connect(a -> tls.client(a, shop, PeerCheck.is(cart.id())));

      assertThat(Handshakes.outcome(client)).isEqualTo("hello");
      assertThat(Handshakes.outcome(net.server())).isEqualTo("hello");
      assertThat(MeshTls.peerId(client.tls().engine().getSession()))
          .isEqualTo(SpiffeId.parse(CART));
      assertThat(MeshTls.peerId(net.server().tls().engine().getSession()))
          .isEqualTo(SpiffeId.parse(SHOP));
      assertThat(client.tls().applicationProtocol()).isEqualTo("h2");
      assertThat(net.server().tls().applicationProtocol()).isEqualTo("h2");
      assertThat(client.tls().engine().getSession().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(tls.pendingHandshakes()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(TlsSettings.Provider.class)
  void aServerWithAnotherIdentityIsRefusedInTheHandshake(TlsSettings.Provider provider) {
    MeshTls tls = open.create(TlsSettings.DEFAULT.with(provider));
    try (var net =
        new Handshakes(a -> tls.server(a, cart, PeerCheck.sameTrustDomain(ca.trustDomain())))) {
      var client = net.connect(a -> tls.client(a, shop, PeerCheck.is(shop.id())));

      assertThat(Handshakes.outcome(client)).isEqualTo("IDENTITY_MISMATCH");
      assertThat(Handshakes.outcome(net.server())).startsWith("PEER_ALERT_");
    }
  }
}
