package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * WebSockets of foreign clients and a foreign server, opened by HTTP/1's Upgrade (RFC 6455) and by
 * HTTP/2's extended CONNECT (RFC 8441), in all four combinations.
 */
@Timeout(60)
class WebSocketTest {
  @TempDir Path folder;

  /** Sends back what it gets. */
  public static final class Echo implements Session.Listener.AutoDemanding {
    private @Nullable Session session;

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
    }

    @Override
    public void onWebSocketText(String message) {
      opened().sendText(message, Callback.NOOP);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
      opened().sendBinary(payload, callback);
    }

    private Session opened() {
      return Objects.requireNonNull(session);
    }
  }

  /** Keeps what it gets. */
  public static final class Keeper implements Session.Listener.AutoDemanding {
    final BlockingQueue<Object> got = new LinkedBlockingQueue<>();

    @Override
    public void onWebSocketText(String message) {
      got.add(message);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
      ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
      callback.succeed();
      got.add(copy);
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
      got.add(code + ":" + reason);
    }
  }

  private static Server echo() throws Exception {
    Server server = new Server();
    HttpConfiguration configuration = new HttpConfiguration();
    ServerConnector connector =
        new ServerConnector(
            server,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        WebSocketUpgradeHandler.from(
            server,
            container -> {
              container.setMaxBinaryMessageSize(4 << 20);
              container.addMapping("/echo", (request, response, callback) -> new Echo());
            }));
    server.start();
    return server;
  }

  private PlainWaypoint waypoint(String protocol) throws Exception {
    Server server = echo();
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    return new PlainWaypoint(folder)
        .endpoint("reviews", new InetSocketAddress("127.0.0.1", port))
        .rules("reviews", "\"ports\": [ { \"port\": 80, \"protocol\": \"" + protocol + "\" } ]")
        .owning(server::stop)
        .start();
  }

  private static WebSocketClient client(boolean http2) throws Exception {
    WebSocketClient client =
        http2
            ? new WebSocketClient(
                new org.eclipse.jetty.client.HttpClient(
                    new HttpClientTransportOverHTTP2(new HTTP2Client())))
            : new WebSocketClient();
    client.setMaxBinaryMessageSize(4 << 20);
    client.start();
    return client;
  }

  @ParameterizedTest
  @CsvSource({"false,HTTP1", "false,HTTP2", "true,HTTP1", "true,HTTP2"})
  void messagesPassBothWaysAndTheCloseToo(boolean http2, String backend) throws Exception {
    try (PlainWaypoint waypoint = waypoint(backend)) {
      WebSocketClient client = client(http2);
      Keeper keeper = new Keeper();
      URI uri = URI.create("ws://127.0.0.1:" + waypoint.port("reviews") + "/echo");
      Session session = client.connect(keeper, uri).get(10, TimeUnit.SECONDS);
      byte[] bytes = new byte[1 << 20];
      new Random(1).nextBytes(bytes);

      session.sendText("hello", Callback.NOOP);
      assertThat(keeper.got.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
      session.sendBinary(ByteBuffer.wrap(bytes), Callback.NOOP);
      assertThat(keeper.got.poll(10, TimeUnit.SECONDS)).isEqualTo(ByteBuffer.wrap(bytes));
      session.close(1000, "bye", Callback.NOOP);
      assertThat(keeper.got.poll(10, TimeUnit.SECONDS)).isEqualTo("1000:bye");

      client.stop();
      PlainWaypoint.await(() -> waypoint.log().contains("/echo"));
      assertThat(waypoint.log()).contains("/echo");
    }
  }

  @Test
  void theJdksClientPingsAndEchoes() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP1");
        HttpClient http = HttpClient.newHttpClient()) {
      BlockingQueue<String> got = new LinkedBlockingQueue<>();
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(Duration.ofSeconds(5))
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + waypoint.port("reviews") + "/echo"),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket ws, CharSequence text, boolean last) {
                      got.add(text.toString());
                      ws.request(1);
                      return null;
                    }

                    @Override
                    public @Nullable CompletionStage<?> onPong(WebSocket ws, ByteBuffer message) {
                      got.add("pong");
                      ws.request(1);
                      return null;
                    }
                  })
              .get(10, TimeUnit.SECONDS);

      socket.sendPing(ByteBuffer.wrap(new byte[] {1})).get();
      assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo("pong");
      socket.sendText("hi", true).get();
      assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo("hi");
      socket.abort();
    }
  }

  @Test
  void aRefusalIsAnOrdinaryResponse() throws Exception {
    try (PlainWaypoint waypoint = waypoint("HTTP1");
        HttpClient http = HttpClient.newHttpClient()) {
      var opening =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + waypoint.port("reviews") + "/nowhere"),
                  new WebSocket.Listener() {});

      assertThat(opening)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableThat()
          .withMessageContaining("WebSocketHandshakeException");
      PlainWaypoint.await(() -> waypoint.log().contains(" 404 "));
      assertThat(waypoint.log()).contains("/nowhere", " 404 ");
    }
  }
}
