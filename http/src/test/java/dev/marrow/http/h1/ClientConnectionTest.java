package dev.marrow.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientConnectionTest {
  private final FakeTransport transport = new FakeTransport();
  private final RecordedExchange exchange = new RecordedExchange();
  private Consumer<ClientConnection> whenIdle = connection -> {};
  private int idle;
  private int closed;
  private final ClientConnection connection =
      ClientConnection.on(transport, Limits.DEFAULT, new Recorder());

  private final class Recorder implements ClientConnection.Handler {
    @Override
    public void onIdle(ClientConnection connection) {
      idle++;
      whenIdle.accept(connection);
    }

    @Override
    public void onClosed(ClientConnection connection) {
      closed++;
    }
  }

  private static Headers request(String method, String... fields) {
    Headers headers =
        new Headers()
            .add(HeaderName.METHOD, method)
            .add(HeaderName.SCHEME, "http")
            .add(HeaderName.AUTHORITY, "h")
            .add(HeaderName.PATH, "/x");
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }

  private void open(String method, boolean endStream, String... fields) {
    exchange.stream = connection.open(request(method, fields), endStream, exchange);
  }

  @Test
  void aRequestAndItsResponseLeaveTheConnectionIdle() {
    open("GET", true, "x-a", "1");
    assertThat(transport.written()).isEqualTo("GET /x HTTP/1.1\r\nhost: h\r\nx-a: 1\r\n\r\n");
    transport.arrives("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    exchange.listen();

    assertThat(exchange.body).hasToString("ok");
    assertThat(exchange.finished).isTrue();
    assertThat(idle).isEqualTo(1);
    assertThat(connection.idle()).isTrue();
  }

  @Test
  void aBodyOfUnknownLengthIsChunkedAndMayHaveTrailers() {
    open("POST", false);
    exchange.stream().write(Unpooled.copiedBuffer("abc", StandardCharsets.ISO_8859_1));
    exchange.stream().sendTrailers(new Headers().add("x-sum", "1").add("content-length", "9"));

    assertThat(transport.written())
        .isEqualTo(
            "POST /x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n");
  }

  @Test
  void anUpgradeAnnouncesNoBody() {
    open("GET", false, ":protocol", "websocket", "content-length", "100", "x-a", "1");

    assertThat(transport.written())
        .isEqualTo(
            "GET /x HTTP/1.1\r\nhost: h\r\nx-a: 1\r\n"
                + "connection: upgrade\r\nupgrade: websocket\r\n\r\n");
  }

  @Test
  void interimResponsesComeFirst() {
    open("POST", false, "content-length", "1");
    transport.arrives("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    exchange.stream().write(Unpooled.copiedBuffer("a", StandardCharsets.ISO_8859_1));
    exchange.stream().finish();
    transport.arrives("HTTP/1.1 204 No Content\r\n\r\n");

    assertThat(exchange.heads.stream().map(h -> h.first(HeaderName.STATUS).orElse("")))
        .containsExactly("100", "103", "204");
    assertThat(idle).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "GET"})
  void aResponseWithoutABodyEndsWithItsHead(String method) {
    open(method, true);
    String status = method.equals("HEAD") ? "200 OK" : "304 Not Modified";
    transport.arrives("HTTP/1.1 " + status + "\r\nContent-Length: 9\r\n\r\n");

    assertThat(exchange.endStream).isTrue();
    assertThat(connection.idle()).isTrue();
  }

  @Test
  void aResponseUntilCloseEndsTheConnection() {
    open("GET", true);
    transport.arrives("HTTP/1.0 200 OK\r\n\r\nabc");
    exchange.listen();
    transport.ends();

    assertThat(exchange.body).hasToString("abc");
    assertThat(exchange.finished).isTrue();
    assertThat(closed).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "ICY 200 OK..\r\n\r\n",
      })
  void aMalformedResponseResetsTheExchange(String head) {
    open("GET", true);
    transport.arrives(head);

    assertThat(Objects.requireNonNull(exchange.reset).reason()).isEqualTo(Abort.Reason.PROTOCOL);
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void anEndWithoutAnyAnswerIsTold() {
    open("GET", true);
    transport.ends();

    assertThat(Objects.requireNonNull(exchange.reset).reason())
        .isEqualTo(Abort.Reason.CONNECTION_LOST);
  }

  @Test
  void aShortBodyIsATruncation() {
    open("GET", true);
    transport.arrives("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    exchange.listen();
    transport.ends();

    assertThat(exchange.reset).isEqualTo(Abort.TRUNCATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 0\r\n\r\n", "Content-Length: 2\r\n\r\nok"})
  void bytesBehindTheResponseAreNotTheAnswerToTheNextRequest(String rest) {
    RecordedExchange next = new RecordedExchange();
    whenIdle = idle -> next.stream = idle.open(request("GET"), true, next);
    open("GET", true);
    exchange.listen();
    transport.arrives("HTTP/1.1 200 OK\r\n" + rest + "HTTP/1.1 204 No Content\r\n\r\n");

    assertThat(exchange.finished).isTrue();
    assertThat(next.heads).isEmpty();
    assertThat(idle).isZero();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void bytesBehindTheResponseCloseTheConnection() {
    open("GET", true);
    transport.arrives("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");

    assertThat(exchange.endStream).isTrue();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void anUpgradeCarriesBytesBothWays() {
    open("GET", true, ":protocol", "websocket");
    assertThat(transport.written()).contains("connection: upgrade\r\nupgrade: websocket\r\n");
    transport.arrives(
        "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nin");
    exchange.listen();
    exchange.stream().write(Unpooled.copiedBuffer("out", StandardCharsets.ISO_8859_1));

    assertThat(exchange.body).hasToString("in");
    assertThat(transport.written()).isEqualTo("out");
  }
}
