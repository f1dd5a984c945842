package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.HpackEncoder;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes to port 15008 of a running mesh and must not: each is refused under a name that is in
 * the log and in a metric, and a connection that was there before does not notice.
 */
@ExtendWith(MeshExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadPeerIT {
  private static final byte[] HTTP1 =
      "GET / HTTP/1.1\r\nHost: vault\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final LocalMesh mesh;
  private final Program proxy;
  private final Intruder intruder;
  private final Onlooker onlooker;
  private long mark;

  BadPeerIT(LocalMesh mesh) throws IOException {
    this.mesh = mesh;
    this.proxy = mesh.program("ztunnel/node-2");
    this.intruder = Intruder.at(mesh);
    this.onlooker = Onlooker.at(mesh);
  }

  @BeforeAll
  void whoIsInOrderIsServed() throws IOException {
    Tunnel tunnel = Tunnel.connect(intruder.http2(), mesh.address("bank", "vault") + ":8080");

    assertThat(tunnel.status(Intruder.PATIENCE)).contains(200);
  }

  @BeforeEach
  void begin() throws IOException {
    mark = proxy.mark();
  }

  @AfterEach
  void nothingElseIsDisturbed() throws IOException {
    assertThat(onlooker.served()).isTrue();
    assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
  }

  @AfterAll
  void end() throws Exception {
    onlooker.close();
    intruder.close();
  }

  private void isThrownOut(TlsOffer offer, String reason) throws Exception {
    double before = refusals(reason);

    intruder.thrownOut(offer);

    proxy.awaitLog(mark, "tls handshake failed: " + reason);
    assertThat(refusals(reason)).isEqualTo(before + 1);
  }

  private double refusals(String reason) throws IOException {
    return proxy.metric("marrow_handshake_failures_total", "reason=\"" + reason + "\"");
  }

  private TlsOffer showing(LeafSpec leaf) {
    return TlsOffer.standard(intruder.issue(leaf));
  }

  @Test
  void anExpiredCertificate() throws Exception {
    LeafSpec old = LeafSpec.svid(Intruder.TELLER).valid(Duration.ofHours(-2), Duration.ofHours(-1));
    isThrownOut(showing(old), "EXPIRED");
  }

  @Test
  void aCertificateOfAnotherTrustDomain() throws Exception {
    isThrownOut(
        showing(LeafSpec.svid("spiffe://elsewhere/ns/bank/sa/teller")), "UNKNOWN_TRUST_DOMAIN");
  }

  @Test
  void aCertificateWithTwoUris() throws Exception {
    LeafSpec two = LeafSpec.svid(Intruder.TELLER).uri("spiffe://cluster.local/ns/bank/sa/vault");
    isThrownOut(showing(two), "SEVERAL_URIS");
  }

  @Test
  void aCertificateOfAnotherAuthority() throws Exception {
    Mint stranger = Mint.root("O=cluster.local");
    isThrownOut(TlsOffer.standard(stranger.issue(LeafSpec.svid(Intruder.TELLER))), "UNKNOWN_CA");
  }

  @Test
  void noCertificate() throws Exception {
    isThrownOut(intruder.good().withCredential(Optional.empty()), "NO_CERTIFICATE");
  }

  @Test
  void tls12() throws Exception {
    isThrownOut(intruder.good().tls12(), "NO_COMMON_PARAMETERS");
  }

  @Test
  void http1InAlpn() throws Exception {
    isThrownOut(intruder.good().withAlpn("http/1.1"), "NO_APPLICATION_PROTOCOL");
  }

  @Test
  void http1WithoutTls() throws Exception {
    double before = refusals("NOT_TLS");

    TcpLink plain = intruder.tcp();
    plain.write(HTTP1);

    proxy.awaitLog(mark, "tls handshake failed: NOT_TLS");
    assertThat(refusals("NOT_TLS")).isEqualTo(before + 1);
  }

  @Test
  void http1InsideTls() throws Exception {
    double before = refusals("PROTOCOL_ERROR");

    intruder.tls(intruder.good()).write(HTTP1);

    proxy.awaitLog(mark, "tls handshake failed: PROTOCOL_ERROR: preface");
    assertThat(refusals("PROTOCOL_ERROR")).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"198.51.100.7:80", "[2001:db8::7]:80", "127.0.0.1:15000"})
  void aConnectToAForeignAddress(String authority) throws Exception {
    double before = failedConnections();

    Tunnel tunnel = Tunnel.connect(intruder.http2(), authority);

    assertThat(tunnel.status(Intruder.PATIENCE)).contains(400);
    proxy.awaitLog(mark, "error=\"ip mismatch: " + authority);
    assertThat(failedConnections()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {15001, 15006, 15008})
  void aConnectToOurOwnPorts(int port) throws Exception {
    double before = failedConnections();

    Tunnel tunnel = Tunnel.connect(intruder.http2(), mesh.address("bank", "vault") + ":" + port);

    assertThat(tunnel.status(Intruder.PATIENCE)).contains(503);
    proxy.awaitLog(mark, "error=\"attempted recursive call to ourselves");
    assertThat(failedConnections()).isEqualTo(before + 1);
  }

  private double failedConnections() throws IOException {
    return proxy.metric("istio_tcp_connections_failed_total", "response_flags=\"CONNECT\"");
  }

  @Test
  void aHundredMegabytesOfHeaders() throws Exception {
    H2Link http2 = intruder.http2().impolite().stingy();
    byte[] piece = HpackEncoder.encode(Field.of("x", "y".repeat(16_000)));
    double before = limits();

    int taken =
        sent(
            http2,
            6_250,
            n -> Frames.frame(n == 0 ? Frame.HEADERS : Frame.CONTINUATION, 0, 1, piece));

    assertThat(taken).isLessThan(6_250);
    proxy.awaitLog(mark, "limit reached: ");
    assertThat(limits()).isGreaterThan(before);
  }

  @Test
  void rapidResets() throws Exception {
    H2Link http2 = intruder.http2().impolite().stingy();
    byte[] connect =
        HpackEncoder.encode(
            Field.of(":method", "CONNECT"),
            Field.of(":authority", mesh.address("bank", "vault") + ":8080"));

    int taken =
        sent(
            http2,
            100_000,
            n ->
                Frames.concat(
                    Frames.headers(2 * n + 1, false, connect),
                    Frames.reset(2 * n + 1, ErrorCode.CANCEL)));

    assertThat(taken).isLessThan(100_000);
    proxy.awaitLog(mark, "limit reached: PEER_RESETS");
    assertThat(proxy.metric("marrow_tunnel_limit_total", "PEER_RESETS")).isPositive();
  }

  private double limits() throws IOException {
    return proxy.metric("marrow_tunnel_limit_total");
  }

  private interface Pieces {
    byte[] of(int n);
  }

  /** How many pieces could be sent before the other side had enough. */
  private static int sent(H2Link http2, int most, Pieces pieces) throws IOException {
    int sent = 0;
    try {
      for (; sent < most; sent++) {
        http2.send(pieces.of(sent), "piece");
      }
      return sent;
    } catch (LinkClosed enough) {
      return sent;
    }
  }
}
