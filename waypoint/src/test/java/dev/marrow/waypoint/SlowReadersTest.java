package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask for much and read nothing of it. */
@Timeout(90)
class SlowReadersTest {
  /**
   * Their windows together are more than a tunnel connection's, and many times what the waypoint of
   * {@link TestMesh} may hold.
   */
  private static final int READERS = 32;

  private static final String HTTP1 = "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\" } ]";

  @TempDir Path folder;

  @Test
  void whatNobodyReadsIsBoundedAndTheNextIsServedOnceTheyAreGone() throws Exception {
    try (TestMesh mesh = new TestMesh(folder, HTTP1, SlowReadersTest::serve)) {
      List<Socket> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        Socket socket = new Socket();
        readers.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", mesh.port()));
        socket
            .getOutputStream()
            .write("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }

      for (int i = 0; i < 4 && !paused(mesh); i++) {
        PlainWaypoint.await(() -> paused(mesh));
      }

      assertThat(paused(mesh)).isTrue();
      for (Socket socket : readers) {
        socket.close();
      }
      assertThat(get(mesh)).isEqualTo("ok");
    }
  }

  private static boolean paused(TestMesh mesh) {
    return mesh.waypoint().metrics().text().contains("marrow_waypoint_queue_pauses_total");
  }

  private static String get(TestMesh mesh) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + mesh.port() + "/");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static void serve(HttpExchange exchange) throws IOException {
    boolean endless = exchange.getRequestURI().getPath().equals("/endless");
    byte[] block = endless ? new byte[64 << 10] : "ok".getBytes(StandardCharsets.US_ASCII);
    try (exchange) {
      exchange.sendResponseHeaders(200, endless ? 0 : block.length);
      do {
        exchange.getResponseBody().write(block);
      } while (endless);
    } catch (IOException e) {
      // The client has left.
    }
  }
}
