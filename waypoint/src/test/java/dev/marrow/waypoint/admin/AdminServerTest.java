package dev.marrow.waypoint.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminServerTest {
  private static final int LARGE = 64 << 20;

  private static long received(Socket client) {
    long count = 0;
    byte[] part = new byte[1 << 16];
    try {
      for (int n = client.getInputStream().read(part); n > 0; ) {
        count += n;
        n = client.getInputStream().read(part);
      }
    } catch (IOException e) {
      // Cut off.
    }
    return count;
  }

  @Test
  void aClientThatDoesNotTakeItsPageIsLetGo() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Map<String, AdminServer.Page> pages =
        Map.of("/large", question -> AdminServer.Answer.text(200, "x".repeat(LARGE)));
    var address = new InetSocketAddress(loopback, 0);
    try (AdminServer server = AdminServer.start(address, pages, Duration.ofMillis(300));
        Socket client = new Socket(loopback, server.port())) {
      client
          .getOutputStream()
          .write("GET /large HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      LockSupport.parkNanos(3_000_000_000L);

      assertThat(received(client)).isLessThan(LARGE);
    }
  }
}
