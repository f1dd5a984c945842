package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TunnelTest {
  private final Loops loops = new Loops();
  private final TestTls tls = new TestTls();
  private final TestTunnelClient client = new TestTunnelClient(loops, tls);
  private final CompletableFuture<InboundConnect> arrived = new CompletableFuture<>();
  private final TestTunnelServer server = TestTunnelServer.start(loops, tls, arrived::complete);

  @AfterEach
  void close() {
    client.close();
    server.close();
    loops.close();
    tls.close();
  }

  @Test
  void bytesGoBothWaysOnceTheConnectIsAccepted() {
    var asked = client.ask(server.address(), "10.0.0.1:80");
    var far = Recording.of(loops, accept());
    var near = Recording.of(loops, ((TunnelResult.Opened) Await.of(asked)).stream());

    near.send(loops, "ping");
    Await.until(() -> far.text().equals("ping"));
    far.send(loops, "pong");

    Await.until(() -> near.text().equals("pong"));
    assertThat(Await.of(arrived).connection().peer()).isEqualTo(TestTls.CLIENT);
    assertThat(Await.of(arrived).authority().text()).isEqualTo("10.0.0.1:80");
  }

  @Test
  void eachDirectionEndsByItself() {
    var asked = client.ask(server.address(), "10.0.0.1:80");
    var far = Recording.of(loops, accept());
    var near = Recording.of(loops, ((TunnelResult.Opened) Await.of(asked)).stream());

    loops.run(near.stream()::finish);
    Await.of(far.finished());
    far.send(loops, "still here");
    loops.run(far.stream()::finish);

    Await.of(near.finished());
    assertThat(near.text()).isEqualTo("still here");
  }

  @Test
  void aResetCarriesItsReason() {
    var asked = client.ask(server.address(), "10.0.0.1:80");
    var far = Recording.of(loops, accept());
    var near = Recording.of(loops, ((TunnelResult.Opened) Await.of(asked)).stream());

    loops.run(() -> far.stream().reset(Abort.RESET));

    assertThat(Await.of(near.reset()).reason()).isEqualTo(Abort.Reason.RESET);
  }

  @Test
  void aRefusalBringsItsStatus() {
    var asked = client.ask(server.address(), "10.0.0.1:80");
    InboundConnect connect = Await.of(arrived);

    loops.run(() -> connect.refuse(401));

    var failed = (TunnelResult.Failed) Await.of(asked);
    assertThat(failed.reason()).isEqualTo(TunnelResult.Reason.REFUSED);
    assertThat(failed.status()).isEqualTo(401);
  }

  @Test
  void aCancelledRequestAbandonsTheOtherEnd() {
    var abandoned = new CompletableFuture<Boolean>();
    var request = ConnectRequest.to(Authority.parse("10.0.0.1:80").orElseThrow());
    var target = TestTunnelClient.target(server.address());
    PendingTunnel pending = loops.call(() -> client.pool().connect(target, request, result -> {}));
    InboundConnect connect = Await.of(arrived);
    loops.run(() -> connect.onAbandoned(() -> abandoned.complete(true)));

    loops.run(pending::cancel);

    assertThat(Await.of(abandoned)).isTrue();
  }

  @Test
  void aLostConnectionResetsItsTunnels() {
    var asked = client.ask(server.address(), "10.0.0.1:80");
    var far = Recording.of(loops, accept());
    var near = Recording.of(loops, ((TunnelResult.Opened) Await.of(asked)).stream());

    loops.run(server.open().getFirst()::close);

    assertThat(Await.of(near.reset()).reason()).isEqualTo(Abort.Reason.CONNECTION_LOST);
    assertThat(Await.of(far.reset()).reason()).isEqualTo(Abort.Reason.CONNECTION_LOST);
  }

  private ByteStream accept() {
    InboundConnect connect = Await.of(arrived);
    return loops.call(() -> connect.accept(ConnectHeaders.NONE));
  }
}
