package dev.marrow.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerConnectionTest {
  private final FakeTransport transport = new FakeTransport();
  private final List<RecordedExchange> requests = new ArrayList<>();
  private final List<HeadFault> faults = new ArrayList<>();
  private final ServerConnection connection =
      ServerConnection.serve(transport, Limits.DEFAULT, Timeouts.DEFAULT, new Recorder());

  private final class Recorder implements RequestHandler {
    @Override
    public StreamListener onRequest(MessageStream stream, Headers headers, boolean endStream) {
      RecordedExchange exchange = new RecordedExchange();
      exchange.stream = stream;
      exchange.onHeaders(headers, endStream);
      requests.add(exchange);
      return exchange;
    }

    @Override
    public void onFault(HeadFault fault) {
      faults.add(fault);
    }
  }

  private static Headers status(String status, String... fields) {
    Headers headers = new Headers().add(HeaderName.STATUS, status);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }

  private void answer(int request, String body) {
    MessageStream stream = requests.get(request).stream();
    stream.sendHeaders(status("200"), false);
    stream.write(Unpooled.copiedBuffer(body, StandardCharsets.ISO_8859_1));
    stream.finish();
  }

  @Test
  void pipelinedRequestsAreSeenAndAnsweredOneAfterTheOther() {
    transport.arrives("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(requests).hasSize(1);

    answer(0, "one");
    assertThat(requests).hasSize(2);
    answer(1, "");

    assertThat(transport.written())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
                + "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    assertThat(transport.finished).isFalse();
  }

  @Test
  void whoDoesNotReadAnswersIsNotReadEither() {
    String request = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
    transport.writable = false;
    transport.arrives(request.repeat(3));
    assertThat(requests).isEmpty();
    assertThat(transport.consumed).isZero();

    transport.writable = true;
    transport.listener().onWritable();
    answer(0, "one");
    transport.writable = false;
    answer(1, "two");

    assertThat(requests).hasSize(2);
    assertThat(transport.consumed).isEqualTo(2 * request.length());
  }

  @Test
  void aMalformedRequestIsAnsweredAndTheConnectionCloses() {
    transport.arrives(
        "GET / HTTP/1.1\r\nHost : h\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(requests).isEmpty();
    assertThat(faults).containsExactly(HeadFault.BAD_FIELD_NAME);
    assertThat(transport.written()).startsWith("HTTP/1.1 400 ").contains("connection: close");
    assertThat(transport.finished).isTrue();
  }

  @Test
  void aBadChunkIsAnsweredWith400AndNothingBehindItIsRead() {
    transport.arrives("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    requests.getFirst().listen();
    transport.arrives("0x1\r\na\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(requests).hasSize(1);
    assertThat(requests.getFirst().reset).isNotNull();
    assertThat(transport.written()).startsWith("HTTP/1.1 400 ");
    assertThat(transport.finished).isTrue();
  }

  @Test
  void theBodyWaitsForItsListenerAndItsCreditForTheReader() {
    transport.arrives("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab");
    int head = transport.consumed;
    requests.getFirst().listen();
    transport.arrives("c");

    assertThat(requests.getFirst().body).hasToString("abc");
    assertThat(requests.getFirst().finished).isTrue();
    assertThat(transport.consumed).isEqualTo(head + 3);
  }

  @Test
  void connectionCloseIsHonoured() {
    transport.arrives("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    requests.getFirst().stream().sendHeaders(status("204"), true);

    assertThat(transport.written())
        .isEqualTo("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
    assertThat(transport.finished).isTrue();
  }

  @Test
  void anHttp10ClientGetsNoChunks() {
    transport.arrives("GET / HTTP/1.0\r\n\r\n");
    requests.getFirst().stream().sendHeaders(status("103"), false);
    answer(0, "abc");

    assertThat(transport.written()).isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc");
    assertThat(transport.finished).isTrue();
  }

  @Test
  void headHasTheLengthButNoBody() {
    transport.arrives("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    MessageStream stream = requests.getFirst().stream();
    stream.sendHeaders(status("200", "content-length", "5"), true);

    assertThat(transport.written()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
    assertThat(transport.finished).isFalse();
  }

  @Test
  void continueIsPassedOnBeforeTheAnswer() {
    transport.arrives(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
    requests.getFirst().stream().sendHeaders(status("100"), false);
    requests.getFirst().listen();
    transport.arrives("x");
    requests.getFirst().stream().sendHeaders(status("201"), true);

    assertThat(transport.written())
        .isEqualTo(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n");
  }

  @Test
  void anotherExpectationGets417() {
    transport.arrives("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: magic\r\n\r\n");

    assertThat(transport.written()).startsWith("HTTP/1.1 417 ");
  }

  @Test
  void anAnswerInFrontOfTheWholeRequestClosesTheConnection() {
    transport.arrives("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
    requests.getFirst().stream().sendHeaders(status("403"), true);

    assertThat(transport.written()).contains("connection: close");
    assertThat(transport.finished).isTrue();
  }

  @Test
  void hopByHopFieldsAreRemovedButNotThoseThatLaterHopsDecideBy() {
    transport.arrives(
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: x-hop, authorization, te\r\nX-Hop: 1\r\n"
            + "Authorization: a\r\nTE: gzip, trailers\r\nKeep-Alive: 1\r\nProxy-Connection: x\r\n\r\n");

    assertThat(requests.getFirst().heads.getFirst().toString())
        .isEqualTo(
            ":method: GET\n:scheme: http\n:authority: h\n:path: /\nauthorization: a\nte: trailers\n");
  }

  @Test
  void h2cIsNotAnUpgradeThatGoesOn() {
    transport.arrives(
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

    assertThat(requests.getFirst().heads.getFirst().toString())
        .isEqualTo(":method: GET\n:scheme: http\n:authority: h\n:path: /\n");
  }

  @Test
  void aWebSocketCarriesBytesBothWaysOnlyAfter101() {
    transport.arrives(
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: k\r\n\r\nearly");
    RecordedExchange exchange = requests.getFirst();
    assertThat(exchange.heads.getFirst().first(HeaderName.PROTOCOL)).contains("websocket");
    exchange.listen();
    assertThat(exchange.body).isEmpty();

    exchange.stream().sendHeaders(status("101", "sec-websocket-accept", "a"), false);
    exchange.stream().write(Unpooled.copiedBuffer("raw", StandardCharsets.ISO_8859_1));

    assertThat(exchange.body).hasToString("early");
    assertThat(transport.written())
        .isEqualTo(
            "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: a\r\nconnection: upgrade\r\n"
                + "upgrade: websocket\r\n\r\nraw");
  }

  @Test
  void aBodyThatDiffersFromItsLengthCutsTheConnection() {
    transport.arrives("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    MessageStream stream = requests.getFirst().stream();
    stream.sendHeaders(status("200", "content-length", "5"), false);
    stream.write(Unpooled.copiedBuffer("abc", StandardCharsets.ISO_8859_1));
    stream.finish();

    assertThat(transport.reset).isEqualTo(Abort.TRUNCATED);
  }

  @Test
  void aClientThatLeavesInTheMiddleIsATruncation() {
    transport.arrives("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
    requests.getFirst().listen();
    transport.ends();

    assertThat(requests.getFirst().reset).isEqualTo(Abort.TRUNCATED);
  }

  @Test
  void aLineBreakInAValueCannotSplitTheResponse() {
    transport.arrives("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    requests.getFirst().stream().sendHeaders(status("200", "x", "a\r\nset-cookie: b"), true);

    assertThat(transport.written()).contains("x: a  set-cookie: b\r\n");
  }

  @Test
  void aRequestThatCrossesADrainIsStillAnswered() {
    connection.drain();
    assertThat(transport.finished).isFalse();
    transport.arrives("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    connection.closeIfIdle();
    requests.getFirst().stream().sendHeaders(status("200"), true);

    assertThat(transport.written()).contains("200", "connection: close");
    assertThat(transport.finished).isTrue();
  }

  @Test
  void aConnectionWithoutARequestClosesWhenItIsAskedTo() {
    connection.drain();
    connection.closeIfIdle();

    assertThat(transport.finished).isTrue();
  }

  @Test
  void drainingClosesAfterTheAnswer() {
    transport.arrives("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    connection.drain();
    assertThat(transport.finished).isFalse();
    requests.getFirst().stream().sendHeaders(status("200"), true);

    assertThat(transport.written()).contains("connection: close");
    assertThat(transport.finished).isTrue();
  }
}
