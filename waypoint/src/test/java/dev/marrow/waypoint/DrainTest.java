package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A waypoint that ends lets what runs end, and says so to its clients. */
@Timeout(60)
class DrainTest {
  @TempDir Path folder;

  @Test
  void aRequestUnderWayIsAnsweredAndItsConnectionCloses() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var gateway =
        new TestGateway(
            folder,
            "",
            "",
            exchange -> {
              try (exchange) {
                arrived.countDown();
                go.await(20, TimeUnit.SECONDS);
                exchange.sendResponseHeaders(204, -1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (Socket client = new Socket("127.0.0.1", gateway.port())) {
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();

      Thread closing = Thread.ofVirtual().start(gateway::close);
      // All event loops are being told by the time it waits for what is under way.
      while (closing.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      go.countDown();

      var reader =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      String answer = String.join("\n", reader.lines().toList());
      // It says "connection: close" too, unless the answer came before the loop heard of the end.
      assertThat(answer).startsWith("HTTP/1.1 204");
      closing.join();
      assertThat(gateway.log()).contains(" 204 ");
    }
  }

  @Test
  void aConnectionBetweenTwoRequestsIsClosed() throws Exception {
    var gateway =
        new TestGateway(
            folder,
            "",
            "",
            exchange -> {
              exchange.sendResponseHeaders(204, -1);
              exchange.close();
            });
    try (Socket client = new Socket("127.0.0.1", gateway.port())) {
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      client.setSoTimeout(20_000);
      var reader =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(reader.readLine()).isEqualTo("HTTP/1.1 204 No Content");

      Thread.ofVirtual().start(gateway::close);

      assertThat(String.join("", reader.lines().toList())).doesNotContain("HTTP/1.1");
    }
  }
}
