package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The classes of the Autobahn suite's cases, byte by byte: a server sends back whatever comes after
 * its 101, so a client that gets what it sent has shown that both directions are left alone, frames
 * that no endpoint would accept included. Through one waypoint (HTTP/1), and through two with
 * HTTP/2 between them. {@link AutobahnTest} runs the suite itself.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketFramesTest {
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String OPENING =
      """
      GET /chat HTTP/1.1\r
      Host: h\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Protocol: chat\r
      Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9\r
      \r
      """;

  @TempDir static Path folder;

  private final Map<String, PlainWaypoint> ways = new LinkedHashMap<>();
  private ServerSocket server;

  @BeforeAll
  void start() throws Exception {
    server = new ServerSocket();
    server.bind(PlainWaypoint.loopback());
    Thread.startVirtualThread(this::serve);
    ways.put("h1", way("one", server.getLocalPort(), "HTTP1"));
    ways.put("last", way("last", server.getLocalPort(), "HTTP1"));
    ways.put("h2", way("first", port("last"), "HTTP2"));
  }

  private PlainWaypoint way(String name, int backend, String protocol) throws Exception {
    return new PlainWaypoint(Files.createDirectories(folder.resolve(name)))
        .endpoint("reviews", new InetSocketAddress("127.0.0.1", backend))
        .rules("reviews", "\"ports\": [ { \"port\": 80, \"protocol\": \"" + protocol + "\" } ]")
        .start();
  }

  private int port(String way) {
    return Objects.requireNonNull(ways.get(way)).port("reviews");
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
    for (PlainWaypoint way : List.copyOf(ways.values()).reversed()) {
      way.close();
    }
  }

  private static Stream<Arguments> cases() {
    Map<String, byte[]> cases = new LinkedHashMap<>();
    ByteArrayOutputStream sizes = new ByteArrayOutputStream();
    for (int size : new int[] {0, 125, 126, 127, 128, 65_535, 65_536, 65_537}) {
      sizes.writeBytes(frame(TEXT, "*".repeat(size).getBytes(StandardCharsets.US_ASCII)));
      sizes.writeBytes(frame(BINARY, noise(size)));
    }
    cases.put("1: sizes of text and binary", sizes.toByteArray());
    ByteArrayOutputStream pings = new ByteArrayOutputStream();
    for (int size = 0; size <= 126; size++) {
      pings.writeBytes(frame(PING, noise(size)));
      pings.writeBytes(frame(PONG, noise(size)));
    }
    cases.put("2: pings and pongs of every size, one too long", pings.toByteArray());
    cases.put("3: reserved bits", every(0xf1, 0xc1, 0xa1, 0x91, 0xf9, 0xe2, 0xf8));
    cases.put("4: reserved opcodes", every(0x83, 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8c, 0x8d, 0x8f));
    cases.put("5: fragments with pings between", every(0x01, PING, 0x00, PONG, 0x00, PING, 0x80));
    cases.put("5: fragments out of order, fragmented pings", every(0x80, 0x00, 0x01, TEXT, 0x09));
    cases.put("6: bytes that are no UTF-8, cut characters", invalidText());
    cases.put("7: close with each code and reason, and what follows", closes());
    cases.put("9: a message of 4 MiB", frame(BINARY, noise(4 << 20)));
    cases.put("10: a message in many frames", many());
    cases.put("12, 13: compressed messages", every(0xc1, 0xc2, 0x41, 0x00, 0x80, 0xc1));
    cases.put("a frame that never ends", java.util.Arrays.copyOf(frame(BINARY, noise(500)), 99));
    return cases.entrySet().stream()
        .flatMap(each ->
            Stream.of("h1", "h2").map(way -> Arguments.of(each.getKey(), way, each.getValue())));
  }

  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("cases")
  void everyByteAndTheCloseComeBack(String name, String way, byte[] bytes) throws Exception {
    try (Socket socket = open(way)) {
      Thread writer =
          Thread.startVirtualThread(() -> {
            try {
              socket.getOutputStream().write(bytes);
              socket.shutdownOutput();
            } catch (IOException e) {
              // The reader finds less than was sent.
            }
          });

      byte[] back = socket.getInputStream().readAllBytes();

      writer.join();
      assertThat(back).as(name).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("chopped")
  void bytesThatAreWrittenOneByOneComeBackOneByOne(String way) throws Exception {
    byte[] bytes = every(TEXT, PING, 0x01, 0x80, CLOSE);
    try (Socket socket = open(way)) {
      socket.setTcpNoDelay(true);
      for (byte each : bytes) {
        socket.getOutputStream().write(each);

        assertThat((byte) socket.getInputStream().read()).isEqualTo(each);
      }
    }
  }

  private static Stream<String> chopped() {
    return Stream.of("h1", "h2");
  }

  /** Upgraded, with protocol and extension as the server said. */
  private Socket open(String way) throws IOException {
    Socket socket = new Socket("127.0.0.1", port(way));
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(OPENING.getBytes(StandardCharsets.US_ASCII));
    List<String> head = head(socket.getInputStream());
    assertThat(head.getFirst()).startsWith("HTTP/1.1 101");
    assertThat(head)
        .contains(
            "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "sec-websocket-protocol: chat",
            "sec-websocket-extensions: permessage-deflate; client_max_window_bits=9");
    return socket;
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.startVirtualThread(() -> echo(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Agrees to whatever is offered, and sends every byte back. */
  private static void echo(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
      answer.append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
      for (String line : head(in)) {
        if (line.startsWith("sec-websocket-key: ")) {
          answer.append("Sec-WebSocket-Accept: " + accept(line.substring(19)) + "\r\n");
        } else if (line.startsWith("sec-websocket-p") || line.startsWith("sec-websocket-e")) {
          answer.append(line).append("\r\n");
        }
      }
      out.write(answer.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
      in.transferTo(out);
    } catch (IOException e) {
      // The client sees the end.
    }
  }

  private static String accept(String key) throws IOException {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }

  /** The lines of a head, names in small letters. */
  private static List<String> head(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("head: cut after '" + text + "'");
      }
      text.append((char) next);
    }
    List<String> lines = new ArrayList<>();
    for (String line : text.toString().strip().split("\r\n")) {
      int colon = line.indexOf(": ");
      lines.add(
          colon < 0 || line.startsWith("HTTP/")
              ? line
              : line.substring(0, colon).toLowerCase(java.util.Locale.ROOT)
                  + line.substring(colon));
    }
    return lines;
  }

  private static byte[] every(int... firstBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int first : firstBytes) {
      out.writeBytes(frame(first, noise(20)));
    }
    return out.toByteArray();
  }

  private static byte[] invalidText() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] text = {
      (byte) 0xce, (byte) 0xba, (byte) 0xed, (byte) 0xa0, (byte) 0x80, (byte) 0xff, (byte) 0xc0, 0
    };
    out.writeBytes(frame(TEXT, text));
    for (int i = 0; i < text.length; i++) {
      out.writeBytes(frame(i == 0 ? 0x01 : i + 1 == text.length ? 0x80 : 0, new byte[] {text[i]}));
    }
    return out.toByteArray();
  }

  private static byte[] closes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int code : new int[] {1000, 1003, 1011, 3000, 4999, 0, 999, 1004, 1005, 1016, 65_535}) {
      byte[] reason = code % 2 == 0 ? new byte[123] : "bye".getBytes(StandardCharsets.US_ASCII);
      byte[] payload = new byte[2 + reason.length];
      ByteBuffer.wrap(payload).putShort((short) code).put(reason);
      out.writeBytes(frame(CLOSE, payload));
    }
    out.writeBytes(frame(CLOSE, new byte[0]));
    out.writeBytes(frame(CLOSE, new byte[1]));
    out.writeBytes(frame(CLOSE, new byte[126]));
    out.writeBytes(frame(TEXT, noise(9)));
    return out.toByteArray();
  }

  private static byte[] many() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 1000; i++) {
      out.writeBytes(frame(i == 0 ? 0x02 : i == 999 ? 0x80 : 0, noise(65)));
    }
    return out.toByteArray();
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** A masked frame (RFC 6455 §5.2) whose first byte is {@code first}. */
  private static byte[] frame(int first, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = {0x37, (byte) 0xfa, 0x21, 0x3d};
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i % 4]));
    }
    byte[] whole = new byte[frame.position()];
    frame.flip().get(whole);
    return whole;
  }
}
