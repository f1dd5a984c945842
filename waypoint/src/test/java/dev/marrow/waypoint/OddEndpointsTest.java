package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that end too early, say too much, or leave in the middle. */
@Timeout(60)
class OddEndpointsTest {
  @TempDir Path folder;

  private ServerSocket app;

  @BeforeEach
  void listen() throws IOException {
    app = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    app.setSoTimeout(10_000);
  }

  @AfterEach
  void close() throws IOException {
    app.close();
  }

  private PlainWaypoint waypoint(String protocol, String rule) throws Exception {
    return new PlainWaypoint(folder)
        .endpoint("reviews", (InetSocketAddress) app.getLocalSocketAddress())
        .rules("reviews", PlainWaypoint.port(protocol, rule))
        .start();
  }

  private static Socket client(PlainWaypoint waypoint) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), waypoint.port("reviews"));
    client.setSoTimeout(10_000);
    return client;
  }

  private Socket accept() throws IOException {
    Socket served = app.accept();
    served.setSoTimeout(10_000);
    return served;
  }

  private static void say(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void skipHead(Socket from) throws IOException {
    InputStream in = from.getInputStream();
    for (int last = 0; last != 0x0d0a0d0a; ) {
      last = last << 8 | in.read();
    }
  }

  private static String firstLine(Socket from) throws IOException {
    return new BufferedReader(
            new InputStreamReader(from.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  @Test
  void whatComesBetweenTwoAttemptsIsSentWithTheSecond() throws Exception {
    String retry =
        "\"retry\": { \"attempts\": 1, \"backoff\": \"3s\", \"conditions\": [ \"reset\" ] }";
    int size = 200_000;
    try (PlainWaypoint waypoint = waypoint("HTTP1", retry);
        Socket client = client(waypoint)) {
      say(client, "PUT / HTTP/1.1\r\nhost: h\r\ncontent-length: " + size + "\r\n\r\n1234");
      try (Socket first = accept()) {
        skipHead(first);
        first.getInputStream().readNBytes(4);
      }
      client.getOutputStream().write(new byte[size - 4]);
      try (Socket second = accept()) {
        skipHead(second);

        assertThat(second.getInputStream().readNBytes(size)).startsWith('1', '2', '3', '4');
        say(second, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        assertThat(firstLine(client)).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void aWebSocketThatTheBackendEndsIsEndedTowardsTheBackendToo() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP1", "");
        Socket client = client(waypoint)) {
      String upgrade = "connection: upgrade\r\nupgrade: websocket\r\n";
      say(
          client,
          "GET / HTTP/1.1\r\nhost: h\r\n"
              + upgrade
              + "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      try (Socket served = accept()) {
        skipHead(served);
        say(
            served,
            "HTTP/1.1 101 Switching Protocols\r\n"
                + upgrade
                + "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        skipHead(client);
        served.shutdownOutput();

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(served.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void anEndpointThatDoesNotOfferExtendedConnectGetsNone() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP2", "\"retry\": { \"attempts\": 0 }");
        Socket client = client(waypoint)) {
      say(
          client,
          "GET / HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
              + "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      try (Socket served = accept()) {
        DataInputStream in = new DataInputStream(served.getInputStream());
        in.readNBytes(24);
        served.getOutputStream().write(new byte[] {0, 0, 0, RawH2.SETTINGS, 0, 0, 0, 0, 0});

        assertThat(firstLine(client)).startsWith("HTTP/1.1 503");
      }
      PlainWaypoint.await(() -> waypoint.log().contains("extended_connect_not_offered"));
    }
  }

  @Test
  void anUploadThatGoesOnAfterTheAnswerIsStopped() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP1", "");
        RawH2 client = new RawH2(waypoint.port("reviews"))) {
      byte[] head =
          RawH2.block(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "h");
      client.frame(RawH2.HEADERS, RawH2.END_HEADERS, 1, head).frame(RawH2.DATA, 0, 1, new byte[5]);
      Thread.ofVirtual().start(() -> refuse(413));

      assertThat(client.outcome(1)).isEqualTo("status 413");
      for (int i = 0; i < 10; i++) {
        client.frame(RawH2.DATA, 0, 1, new byte[16_000]);
      }
      assertThat(client.outcome(1)).isEqualTo("RST 0");
    }
  }

  /** The endpoint's connection is kept, and nothing is read from it while too much is not taken. */
  @Test
  void whatAClientDoesNotTakeIsCreditedToTheEndpointAllTheSame() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP1", "");
        RawH2 client = new RawH2(waypoint.port("reviews"))) {
      Thread.ofVirtual().start(() -> serve(400_000));
      for (int id = 1; id < 5; id += 2) {
        String path = "/download/" + id;
        assertThat(ask(client, id, path)).isEqualTo("status 200");
        PlainWaypoint.await(() -> waypoint.log().contains(path));
        assertThat(waypoint.log()).contains(path);

        client.frame(RawH2.RST_STREAM, 0, id, new byte[] {0, 0, 0, 8});
      }

      assertThat(ask(client, 5, "/")).isEqualTo("status 200");
    }
  }

  private static String ask(RawH2 client, int id, String path) throws IOException {
    byte[] head =
        RawH2.block(":method", "GET", ":scheme", "http", ":path", path, ":authority", "h");
    return client.frame(RawH2.HEADERS, RawH2.END_HEADERS | RawH2.END_STREAM, id, head).outcome(id);
  }

  private void serve(int size) {
    try (Socket served = accept()) {
      for (int i = 0; i < 3; i++) {
        skipHead(served);
        say(served, "HTTP/1.1 200 OK\r\ncontent-length: " + size + "\r\n\r\n");
        served.getOutputStream().write(new byte[size]);
      }
    } catch (IOException over) {
      // The test has ended.
    }
  }

  private void refuse(int status) {
    try (Socket served = accept()) {
      skipHead(served);
      say(served, "HTTP/1.1 " + status + " No\r\ncontent-length: 0\r\n\r\n");
      assertThat(served.getInputStream().readAllBytes()).isNotNull();
    } catch (IOException cut) {
      // Half a request: the connection is of no use any more.
    }
  }

  @Test
  void aStreamThatIsAnsweredBeforeItsRequestIsWholeIsGivenBack() throws Exception {
    try (PlainWaypoint waypoint = waypoint("GRPC", "");
        RawH2 client = new RawH2(waypoint.port("reviews"))) {
      byte[] head =
          RawH2.block(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "h");
      client.frame(RawH2.HEADERS, RawH2.END_HEADERS, 1, head).frame(RawH2.DATA, 0, 1, new byte[5]);
      Thread.ofVirtual().start(() -> outcome(client));
      try (Socket served = accept()) {
        DataInputStream in = new DataInputStream(served.getInputStream());
        OutputStream out = served.getOutputStream();
        in.readNBytes(24);
        out.write(new byte[] {0, 0, 0, RawH2.SETTINGS, 0, 0, 0, 0, 0});
        read(in, RawH2.DATA);
        // 413 by name, since the table of numbers has none.
        byte[] answer = RawH2.block(":status", "413");
        out.write(new byte[] {0, 0, (byte) answer.length, RawH2.HEADERS, 5, 0, 0, 0, 1});
        out.write(answer);

        read(in, RawH2.RST_STREAM);
      }
    }
  }

  private static void outcome(RawH2 client) {
    try {
      client.outcome(1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Skips frames up to one of that type. */
  private static void read(DataInputStream in, int type) throws IOException {
    int head = in.readInt();
    while ((head & 0xff) != type) {
      in.readNBytes(5 + (head >>> 8));
      head = in.readInt();
    }
    in.readNBytes(5 + (head >>> 8));
  }

  @Test
  void interimResponsesWithoutEndAreCutOff() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP1", "\"retry\": { \"attempts\": 0 }");
        Socket client = client(waypoint)) {
      say(client, "GET / HTTP/1.1\r\nhost: h\r\n\r\n");
      try (Socket served = accept()) {
        skipHead(served);
        say(served, "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(200));

        assertThat(interim(client)).isBetween(1, 100);
      }
    }
  }

  private static int interim(Socket client) throws IOException {
    var in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    int count = 0;
    for (String line = in.readLine(); !line.startsWith("HTTP/1.1 503"); line = in.readLine()) {
      count += line.startsWith("HTTP/1.1 103") ? 1 : 0;
    }
    return count;
  }
}
