package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelServerTest {
  private static final String[] CONNECT = {":method", "CONNECT", ":authority", "10.0.0.1:80"};

  private static final Duration TIME_ENOUGH = Duration.ofSeconds(20);
  private static final Duration HASTE = Duration.ofMillis(300);

  private final Loops loops = new Loops();
  private final TestTls tls = new TestTls();
  private final BlockingQueue<InboundConnect> arrived = new LinkedBlockingQueue<>();
  private final TestTunnelServer server = start(TIME_ENOUGH, TIME_ENOUGH);

  @AfterEach
  void close() {
    server.close();
    loops.close();
    tls.close();
  }

  private TestTunnelServer start(Duration handshake, Duration preface) {
    var standard = ServerSettings.standard();
    var settings =
        new ServerSettings(
            handshake, preface, 64 << 10, Duration.ZERO, standard.h2(), standard.limits());
    return TestTunnelServer.start(loops, tls, settings, arrived::add);
  }

  @Test
  void anotherMethodIsAnswered405() {
    try (var client = client()) {
      var answer =
          client.send(true, ":method", "GET", ":scheme", "https", ":path", "/", ":authority", "a");

      assertThat(answer.status()).isEqualTo("405");
      assertThat(arrived).isEmpty();
      assertThat(server.malformed()).containsExactly("405 method: not CONNECT");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "10.0.0.1:",
        "10.0.0.1:0",
        "10.0.0.1:65536",
        "10.0.0.1:+80",
        "10.0.0.1:0x50",
        ":80",
        "user@10.0.0.1:80",
        "10.0.0.1:80/path",
        "fd00::1:80",
        "[fe80::1%eth0]:80",
        "[fd00::1]80",
        "10.0.0.256:80",
        "a b:80",
      })
  void anAuthorityThatIsNoHostAndPortIsAnswered400(String authority) {
    try (var client = client()) {
      var answer = client.send(false, ":method", "CONNECT", ":authority", authority);

      assertThat(answer.status()).isEqualTo("400");
      assertThat(arrived).isEmpty();
    }
  }

  @Test
  void aConnectWithSchemeOrPathOrWithoutAuthorityIsReset() {
    try (var client = client()) {
      var scheme = client.send(false, ":method", "CONNECT", ":authority", "a:1", ":scheme", "http");
      var path = client.send(false, ":method", "CONNECT", ":authority", "a:1", ":path", "/");
      var none = client.send(false, ":method", "CONNECT");
      var lower = client.send(false, ":method", "connect", ":authority", "a:1");

      assertThat(scheme.reset().reason()).isEqualTo(Abort.Reason.PROTOCOL);
      assertThat(path.reset().reason()).isEqualTo(Abort.Reason.PROTOCOL);
      assertThat(none.reset().reason()).isEqualTo(Abort.Reason.PROTOCOL);
      assertThat(lower.reset().reason()).isEqualTo(Abort.Reason.PROTOCOL);
    }
  }

  @Test
  void bytesBeforeTheAnswerAreKeptUntilItIsYes() {
    try (var client = client()) {
      var answer = client.send(false, CONNECT);
      write(answer, "early", 1);
      var connect = next();

      var far = Recording.of(loops, accept(connect));

      Await.until(() -> far.text().equals("early"));
      assertThat(answer.status()).isEqualTo("200");
    }
  }

  @Test
  void tooManyBytesBeforeTheAnswerResetTheStream() {
    try (var client = client()) {
      var answer = client.send(false, CONNECT);
      write(answer, "x".repeat(10_000), 7);

      assertThat(answer.reset().reason()).isEqualTo(Abort.Reason.FLOOD);
    }
  }

  @Test
  void aConnectThatEndsAtOnceGivesTheAppItsFinAndStillGetsTheAnswer() {
    try (var client = client()) {
      var answer = client.send(true, CONNECT);
      var far = Recording.of(loops, accept(next()));

      Await.of(far.finished());
      far.send(loops, "hello");
      assertThat(answer.status()).isEqualTo("200");
      var near = Recording.of(loops, answer.stream());

      Await.until(() -> near.text().equals("hello"));
    }
  }

  @Test
  void trailersOnATunnelResetIt() {
    try (var client = client()) {
      var answer = client.send(false, CONNECT);
      var far = Recording.of(loops, accept(next()));
      assertThat(answer.status()).isEqualTo("200");

      loops.run(() -> answer.stream().sendTrailers(new Headers().add("x", "y")));

      assertThat(Await.of(far.reset()).reason()).isEqualTo(Abort.Reason.PROTOCOL);
    }
  }

  @Test
  void whatTheClientSaysAboutItselfIsReadAndGarbageIsNot() {
    try (var client = client()) {
      client.send(
          false,
          ":method",
          "CONNECT",
          ":authority",
          "[fd00::1]:80",
          "baggage",
          "k8s.namespace.name=shop,,=x,service.name=web",
          "forwarded",
          "for=\"10.1.1.1:4711\";host=web.shop",
          "traceparent",
          "garbage");
      var connect = next();

      assertThat(connect.authority().text()).isEqualTo("[fd00::1]:80");
      assertThat(connect.baggage().entry(Baggage.NAMESPACE)).contains("shop");
      assertThat(connect.forwarded()).isEqualTo(new Forwarded("10.1.1.1:4711", "web.shop"));
      assertThat(connect.traceparent()).isEqualTo(TraceParent.NONE);
    }
  }

  @Test
  void aClientThatNeverShakesHandsIsDropped() throws IOException {
    try (var hasty = start(HASTE, TIME_ENOUGH);
        var silent = new Socket(hasty.address().getAddress(), hasty.address().getPort())) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      Await.until(() -> !hasty.ended().isEmpty());
      assertThat(hasty.ended().getFirst())
          .isEqualTo(new TunnelServer.Ended(TunnelServer.Ended.Stage.HANDSHAKE, "TIMEOUT", ""));
    }
  }

  @Test
  void aClientThatHangsUpBeforeTheHandshakeIsGoneAtOnce() throws IOException {
    new Socket(server.address().getAddress(), server.address().getPort()).close();

    Await.until(() -> !server.ended().isEmpty());

    assertThat(server.ended().getFirst())
        .isEqualTo(new TunnelServer.Ended(TunnelServer.Ended.Stage.HANDSHAKE, "CLOSED", ""));
  }

  @Test
  void aClientThatNeverSendsItsPrefaceIsDropped() {
    try (var hasty = start(TIME_ENOUGH, HASTE);
        var mute = new RawTunnelClient(loops, tls, hasty.address(), false)) {
      Await.until(() -> !hasty.ended().isEmpty());

      assertThat(hasty.ended().getFirst().stage()).isEqualTo(TunnelServer.Ended.Stage.PREFACE);
    }
  }

  @Test
  void aConnectionWithoutTunnelsIsClosedAfterItsTime() {
    var standard = ServerSettings.standard();
    var idle =
        new ServerSettings(
            standard.handshake(),
            standard.preface(),
            standard.earlyBytes(),
            Duration.ofMillis(200),
            standard.h2(),
            standard.limits());
    try (var brief = TestTunnelServer.start(loops, tls, idle, arrived::add);
        var client = new RawTunnelClient(loops, tls, brief.address())) {
      Await.until(() -> !brief.ended().isEmpty());

      assertThat(brief.ended().getFirst().stage()).isEqualTo(TunnelServer.Ended.Stage.CLEAN);
      Await.until(() -> !client.channel().isOpen());
    }
  }

  @Test
  void aFinWithoutCloseNotifyResetsTheTunnels() {
    try (var client = client()) {
      client.send(false, CONNECT);
      var far = Recording.of(loops, accept(next()));

      loops.run(((io.netty.channel.socket.DuplexChannel) client.channel())::shutdownOutput);

      assertThat(Await.of(far.reset()).detail()).isEqualTo(Abort.TRUNCATED.detail());
      Await.until(() -> !server.ended().isEmpty());
      assertThat(server.ended().getFirst().stage()).isEqualTo(TunnelServer.Ended.Stage.HTTP2);
    }
  }

  @Test
  void drainingLetsTunnelsFinishAndThenCloses() {
    try (var client = client()) {
      var answer = client.send(false, CONNECT);
      var far = Recording.of(loops, accept(next()));
      var near = Recording.of(loops, answer.stream());
      loops.run(() -> server.open().getFirst().drain(Duration.ofMinutes(1)));

      far.send(loops, "last words");
      loops.run(far.stream()::finish);
      Await.of(near.finished());
      loops.run(near.stream()::finish);

      Await.until(() -> !server.ended().isEmpty());
      assertThat(near.text()).isEqualTo("last words");
      assertThat(server.ended().getFirst().stage()).isEqualTo(TunnelServer.Ended.Stage.CLEAN);
    }
  }

  @Test
  void theEndOfTheGraceCutsWhatIsLeft() {
    try (var client = client()) {
      client.send(false, CONNECT);
      var far = Recording.of(loops, accept(next()));

      loops.run(() -> server.open().getFirst().drain(Duration.ofMillis(50)));

      assertThat(Await.of(far.reset()).reason()).isEqualTo(Abort.Reason.CONNECTION_LOST);
    }
  }

  private RawTunnelClient client() {
    return new RawTunnelClient(loops, tls, server.address());
  }

  private ByteStream accept(InboundConnect connect) {
    return loops.call(() -> connect.accept(ConnectHeaders.NONE));
  }

  private InboundConnect next() {
    try {
      InboundConnect connect = arrived.poll(10, TimeUnit.SECONDS);
      assertThat(connect).isNotNull();
      return connect;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(RawTunnelClient.Answer answer, String text, int times) {
    loops.run(() -> {
      for (int i = 0; i < times; i++) {
        answer.stream()
            .write(Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
      answer.stream().flush();
    });
  }
}
