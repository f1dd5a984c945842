package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.ip;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.PoolSettings;
import dev.marrow.hbone.TunnelPool;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelSockets;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.identity.SpiffeId;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What peers that misbehave see on port 15008, and under which name it is found. */
class RefusedTunnelTest {
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/shop");

  private final TestNode node = new TestNode();
  private final String shopIp = TestNode.address();

  @BeforeEach
  void start() throws IOException {
    node.mesh.put(workload("shop").account("shop").at(shopIp));
    node.pod("shop", shopIp);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private TunnelResult connect(String client, String authority) {
    EventLoop loop = node.group.next();
    var pool =
        new TunnelPool(
            loop,
            node.node.identities().certificates(),
            new PeerWatch(node.node.identities()),
            TunnelSockets.direct(EpollSocketChannel::new),
            PoolSettings.standard());
    var target =
        new TunnelTarget(
            SpiffeId.parse(client),
            new InetSocketAddress(ip(shopIp), 15008),
            Set.of(SHOP),
            InetAddress.getLoopbackAddress());
    var result = new CompletableFuture<TunnelResult>();
    loop.execute(() ->
        pool.connect(
            target, ConnectRequest.to(Authority.parse(authority).orElseThrow()), result::complete));
    return result.orTimeout(5, TimeUnit.SECONDS).join();
  }

  private int status(String authority) {
    String client = "spiffe://cluster.local/ns/default/sa/client";
    return ((TunnelResult.Failed) connect(client, authority)).status();
  }

  @Test
  void anotherAddressIsAnswered400() {
    assertThat(status("10.1.2.3:80")).isEqualTo(400);
    node.awaitLog("ip mismatch: 10.1.2.3:80 is not " + shopIp);
  }

  @Test
  void ourOwnPortsAreAnswered503() {
    assertThat(status(shopIp + ":15001")).isEqualTo(503);
    assertThat(status(shopIp + ":15006")).isEqualTo(503);
    assertThat(status(shopIp + ":15008")).isEqualTo(503);
    node.awaitLog("attempted recursive call to ourselves");
  }

  @Test
  void aNameNobodyKnowsIsAnswered503() {
    assertThat(status("nobody.example.com:80")).isEqualTo(503);
  }

  @Test
  void aPeerOfAnotherTrustDomainFailsInTheHandshake() {
    var failed =
        (TunnelResult.Failed) connect("spiffe://other/ns/default/sa/client", shopIp + ":80");

    assertThat(failed.reason()).isIn(TunnelResult.Reason.TLS, TunnelResult.Reason.IDENTITY);
    node.awaitLog("error=\"tls handshake failed: ");
  }

  @Test
  void plainHttpIsNoTls() throws IOException {
    try (var socket = new Socket(InetAddress.ofLiteral(shopIp), 15008)) {
      socket.setSoTimeout(5000);
      byte[] request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(request);

      assertThat(socket.getInputStream().readAllBytes().length).isLessThan(16);
    }
    node.awaitLog("error=\"tls handshake failed: ");
    assertThat(node.metrics.text(false))
        .contains("marrow_handshake_failures_total{reason=\"NOT_TLS\"} 1\n");
  }
}
