package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Names;
import dev.marrow.linux.Netns;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the programs of a mesh at their local ports, from inside their network namespaces.
 * Thread-safe.
 */
public final class NodeAdmin {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ADMIN = 15_000;
  private static final int METRICS = 15_020;
  private static final int TIMEOUT_MILLIS = 3000;
  private static final int MAX_BYTES = 64 << 20;

  private NodeAdmin() {}

  /** What a node's proxy knows: its {@code /config_dump}. */
  public static JsonNode configDump(Names names, int node) throws IOException {
    return configDump(names.node(node));
  }

  /** What the proxy knows whose network that is, a node's or a waypoint's. */
  public static JsonNode configDump(String namespace) throws IOException {
    try {
      return JSON.readTree(get(namespace, ADMIN, "/config_dump"));
    } catch (JacksonException e) {
      throw new IOException(
          namespace + ": its config_dump is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Prometheus' text of whoever serves it in a namespace. */
  public static String metrics(String namespace) throws IOException {
    return get(namespace, METRICS, "/stats/prometheus");
  }

  /** Hands on the lines of a page of a waypoint's that does not end by itself, until it does. */
  public static void lines(String namespace, String path, Consumer<String> line)
      throws IOException {
    try (Netns netns = Netns.open(Names.path(namespace));
        SocketChannel channel = netns.call(SocketChannel::open);
        Socket socket = channel.socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ADMIN), TIMEOUT_MILLIS);
      // HTTP/1.0: the body comes as it is, without chunks.
      String request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String status = reader.readLine();
      if (status == null || !status.contains(" 200")) {
        throw new IOException(namespace + path + ": answered '" + status + "' (expected: 200)");
      }
      for (String head = reader.readLine(); head != null && !head.isEmpty(); ) {
        head = reader.readLine();
      }
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        if (!text.isEmpty()) line.accept(text);
      }
    }
  }

  private static String get(String namespace, int port, String path) throws IOException {
    try (Netns netns = Netns.open(Names.path(namespace));
        SocketChannel channel = netns.call(SocketChannel::open);
        Socket socket = channel.socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(MAX_BYTES);
      return body(new String(answer, StandardCharsets.UTF_8), namespace + " port " + port + path);
    }
  }

  private static String body(String answer, String where) throws IOException {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0 || !answer.startsWith("HTTP/1.1 200")) {
      throw new IOException(
          where + ": answered '" + answer.lines().findFirst().orElse("") + "' (expected: 200)");
    }
    String head = answer.substring(0, end);
    String body = answer.substring(end + 4);
    return head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")
        ? unchunk(body)
        : body;
  }

  private static String unchunk(String body) {
    StringBuilder text = new StringBuilder(body.length());
    // Chunk sizes count bytes; what our programs answer is ASCII.
    for (int at = 0; at < body.length(); ) {
      int line = body.indexOf("\r\n", at);
      if (line < 0) break;
      int size = Integer.parseInt(body.substring(at, line).strip(), 16);
      if (size == 0) break;
      text.append(body, line + 2, Math.min(body.length(), line + 2 + size));
      at = line + 2 + size + 2;
    }
    return text.toString();
  }

  /** How long a caller should keep asking. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);
}
