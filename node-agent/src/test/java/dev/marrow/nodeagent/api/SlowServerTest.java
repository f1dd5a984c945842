package dev.marrow.nodeagent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A server, or a balancer before it, that does not answer as it should. */
@Timeout(60)
class SlowServerTest {
  private static final Collection PODS = new Collection("/api/v1/pods", "");

  private final BlockingQueue<Socket> held = new LinkedBlockingQueue<>();
  private ServerSocket listener;
  private volatile UnaryOperator<String> answer = request -> "";

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
    for (Socket each : held) {
      each.close();
    }
  }

  /** Answers each request line, and keeps the connection. */
  private void serve() {
    try {
      while (true) {
        Socket socket = listener.accept();
        held.add(socket);
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void answer(Socket socket) {
    try {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("GET ")) {
          socket.getOutputStream().write(answer.apply(line).getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private ApiServer server(Duration patience) throws Exception {
    return ApiServer.at(new Access(address(), tls(), () -> ""), patience);
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  private static SSLContext tls() throws NoSuchAlgorithmException {
    return SSLContext.getDefault();
  }

  @Test
  void anAnswerThatStopsInItsMiddleIsWaitedForNoLongerThanOneThatDoesNotBegin() throws Exception {
    answer = request -> "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";

    try (ApiServer server = server(Duration.ofMillis(200))) {
      assertThatThrownBy(() -> server.get("/api/v1/nodes/a"))
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessageContaining("/api/v1/nodes/a");
    }
  }

  @Test
  void aServerThatEndsEachWatchAtOnceIsAskedLessAndLessOften() throws Exception {
    String list = "{\"items\":[],\"metadata\":{\"resourceVersion\":\"7\"}}";
    answer =
        request -> {
          String body = request.contains("watch=true") ? "" : list;
          return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
        };
    var pauses = new LinkedBlockingQueue<Duration>();

    try (ApiServer server = server(Duration.ofSeconds(20));
        CollectionWatch watch = CollectionWatch.start(server, PODS, new Nobody(), pauses::add)) {
      assertThat(List.of(taken(pauses), taken(pauses), taken(pauses)))
          .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
    }
  }

  private static Duration taken(BlockingQueue<Duration> pauses) throws InterruptedException {
    return pauses.poll(20, TimeUnit.SECONDS);
  }

  private static final class Nobody implements Follower {
    @Override
    public void all(List<JsonNode> objects) {}

    @Override
    public void changed(JsonNode object) {}

    @Override
    public void removed(JsonNode object) {}
  }
}
