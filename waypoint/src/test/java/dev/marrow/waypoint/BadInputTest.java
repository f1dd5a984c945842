package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What HTTP/1 clients must not send, and what each gets (RFC 9112 and RFC 9110). Every line: a
 * name, the bytes ({@code |} is CR LF, {@code ^} a bare LF, {@code ~} a bare CR), the status, and
 * the counter; nothing of it reaches the backend, and the next client is served.
 */
@Timeout(60)
class BadInputTest {
  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");
  private PlainWaypoint waypoint;

  @BeforeEach
  void start() throws Exception {
    waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", app)
            .rules("reviews", "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\" } ]")
            .streamIdle("400ms")
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    waypoint.close();
  }

  private String send(byte[] bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", waypoint.port("reviews"))) {
      socket.setSoTimeout(3000);
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return status(socket.getInputStream());
    }
  }

  /** The first line of the answer; "closed" or "silent" without one. */
  private static String status(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    try {
      for (int b = in.read(); b >= 0 && b != '\r'; b = in.read()) {
        line.append((char) b);
      }
    } catch (SocketTimeoutException e) {
      return "silent";
    } catch (SocketException e) {
      return "closed";
    }
    return line.isEmpty() ? "closed" : line.toString();
  }

  private static byte[] wire(String text) {
    return text.replace("|", "\r\n")
        .replace("^", "\n")
        .replace("~", "\r")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private void refused(String bytes, String status) throws Exception {
    assertThat(send(wire(bytes))).startsWith("HTTP/1.1 " + status + " ");
    assertThat(app.seen).isEmpty();
    assertThat(waypoint.get("/well").statusCode()).isEqualTo(200);
  }

  // The framing of the body: RFC 9112 §6. Wrong framing is how requests are smuggled.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '\t',
      value = {
        "length and chunked\tPOST / HTTP/1.1|Host: h|Content-Length: 4|Transfer-Encoding: chunked||0||\t400",
        "two lengths\tPOST / HTTP/1.1|Host: h|Content-Length: 4|Content-Length: 5||abcd\t400",
        "a list of lengths\tPOST / HTTP/1.1|Host: h|Content-Length: 4, 5||abcd\t400",
        "a signed length\tPOST / HTTP/1.1|Host: h|Content-Length: +4||abcd\t400",
        "a negative length\tPOST / HTTP/1.1|Host: h|Content-Length: -4||abcd\t400",
        "a hexadecimal length\tPOST / HTTP/1.1|Host: h|Content-Length: 0x4||abcd\t400",
        "an empty length\tPOST / HTTP/1.1|Host: h|Content-Length:||abcd\t400",
        "a huge length\tPOST / HTTP/1.1|Host: h|Content-Length: 99999999999999999999||abcd\t400",
        "identity\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: identity||abcd\t400",
        "chunked not last\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked, identity||0||\t400",
        "chunked twice\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked, chunked||0||\t400",
        "chunked twice, two lines\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||\t400",
        "another coding\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: xchunked||0||\t400",
        "chunked in HTTP/1.0\tPOST / HTTP/1.0|Host: h|Transfer-Encoding: chunked||0||\t400",
        "chunk size with sign\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||+4|abcd|0||\t400",
        "chunk size with 0x\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||0x4|abcd|0||\t400",
        "chunk size overflow\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||fffffffffffffffff|abcd|0||\t400",
        "chunk size, bare LF\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||4^abcd|0||\t400",
        "chunk longer than said\tPOST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||4|abcdef|0||\t400",
      })
  void aBodyThatCouldBeReadInTwoWays(String name, String bytes, String status) throws Exception {
    assertThat(send(wire(bytes))).as(name).startsWith("HTTP/1.1 " + status + " ");
    assertThat(app.seen).as(name).noneMatch(seen -> !seen.body().isEmpty());
    assertThat(waypoint.get("/well").statusCode()).isEqualTo(200);
    assertThat(waypoint.metrics()).contains("marrow_waypoint_malformed_total{reason=\"http1_");
  }

  // The head: RFC 9112 §2.2, §3, §5; RFC 9110 §5.5, §7.2.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '\t',
      value = {
        "no host\tGET / HTTP/1.1||\t400",
        "two hosts\tGET / HTTP/1.1|Host: a|Host: b||\t400",
        "a host with a path\tGET / HTTP/1.1|Host: a/b||\t400",
        "space before the colon\tGET / HTTP/1.1|Host: h|X-A : b||\t400",
        "folded\tGET / HTTP/1.1|Host: h|X-A: b| c||\t400",
        "no name\tGET / HTTP/1.1|Host: h|: b||\t400",
        "no colon\tGET / HTTP/1.1|Host: h|nonsense||\t400",
        "a bare CR in a value\tGET / HTTP/1.1|Host: h|X-A: b~c||\t400",
        "a NUL in a value\tGET / HTTP/1.1|Host: h|X-A: b\u0000c||\t400",
        "a control character in a name\tGET / HTTP/1.1|Host: h|X\u0001A: b||\t400",
        "two spaces in the line\tGET  / HTTP/1.1|Host: h||\t400",
        "HTTP/2.0 on the line\tGET / HTTP/2.0|Host: h||\t400;505",
        "lower-case version\tGET / http/1.1|Host: h||\t400",
        "a method with a bracket\tG[T / HTTP/1.1|Host: h||\t400",
        "CONNECT\tCONNECT h:80 HTTP/1.1|Host: h:80||\t405",
        "user info in the target\tGET http://u@h/ HTTP/1.1|Host: h||\t400",
      })
  void aHeadThatIsNone(String name, String bytes, String statuses) throws Exception {
    String answer = send(wire(bytes));

    assertThat(statuses.split(";"))
        .as(name + ": " + answer)
        .anyMatch(status -> answer.startsWith("HTTP/1.1 " + status + " "));
    assertThat(app.seen).as(name).isEmpty();
    assertThat(waypoint.get("/well").statusCode()).isEqualTo(200);
  }

  // The path: policies, routes and the backend must see the same one.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '\t',
      value = {
        "a raw byte above 7f\tGET /\u00ff HTTP/1.1|Host: h||\t400",
        "raw UTF-8\tGET /\u00c3\u00a4 HTTP/1.1|Host: h||\t400",
        "a fragment\tGET /a#b HTTP/1.1|Host: h||\t400",
        "a broken escape\tGET /a%2 HTTP/1.1|Host: h||\t400",
        "an escape that is none\tGET /a%zz HTTP/1.1|Host: h||\t400",
        "an escaped NUL\tGET /a%00b HTTP/1.1|Host: h||\t400",
        "above the root\tGET /../../etc HTTP/1.1|Host: h||\t400",
      })
  void aPathThatIsNone(String name, String bytes, String status) throws Exception {
    refused(bytes, status);
  }

  @ParameterizedTest(name = "{0} arrives as {1}")
  @CsvSource({
    "/a/./b, /a/b",
    "/a/b/../c, /a/c",
    "/a/%2e%2e/b, /b",
    "/a/%2E/b, /a/b",
    "/a\\b, /a/b",
    "/a%2fb, /a%2Fb",
    "/a%41b, /aAb",
    "/a%7eb, /a~b",
    "/a;x=y/b, /a;x=y/b",
  })
  void pathsHaveOneForm(String sent, String seen) throws Exception {
    send(wire("GET " + sent + " HTTP/1.1|Host: h|Connection: close||"));

    assertThat(app.seen).extracting(Apps.Seen::path).containsExactly(seen);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void whatIsTooLargeIsRefusedByItsKind(int kind) throws Exception {
    String many = "X: y\r\n".repeat(200);
    String bytes =
        switch (kind) {
          case 1 -> "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: h\r\n\r\n";
          case 2 -> "GET / HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(70_000) + "\r\n\r\n";
          default -> "GET / HTTP/1.1\r\nHost: h\r\n" + many + "\r\n";
        };
    refused(bytes, kind == 1 ? "414" : "431");
    assertThat(waypoint.metrics()).contains("marrow_waypoint_malformed_total{reason=\"http1_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 10", "Transfer-Encoding: chunked"})
  void halfABodyIsGivenUp(String framing) throws Exception {
    assertThat(send(wire("POST / HTTP/1.1|Host: h|" + framing + "||5")))
        .startsWith("HTTP/1.1 408 ");
    assertThat(waypoint.metrics()).contains("response_flags=\"SI\"");
  }

  // What belongs to one connection stays there: RFC 9110 §7.6.1.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: x-mine|X-Mine: 1",
        "Connection: upgrade, http2-settings|Upgrade: h2c|HTTP2-Settings: AAMAAABk",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "TE: gzip|Connection: TE",
      })
  void hopByHopFieldsAreDropped(String fields) throws Exception {
    assertThat(send(wire("GET /hop HTTP/1.1|Host: h|" + fields + "||"))).contains(" 200 ");

    Apps.Seen seen = app.seen.getFirst();
    for (String name :
        new String[] {
          "x-mine", "upgrade", "http2-settings", "keep-alive", "proxy-connection", "te"
        }) {
      assertThat(seen.header(name)).as(name).isEmpty();
    }
  }
}
