package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How connections without HTTP are counted. */
@Timeout(60)
class TcpReportTest {
  private static final String TCP = "\"ports\": [ { \"port\": 80, \"protocol\": \"TCP\" } ]";

  @TempDir Path folder;

  private static long count(PlainWaypoint waypoint, String name) {
    return waypoint
        .metrics()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void aConnectionIsCountedWhenItOpensAndWhenItCloses() throws Exception {
    try (ServerSocket app = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        PlainWaypoint waypoint =
            new PlainWaypoint(folder)
                .endpoint("reviews", (InetSocketAddress) app.getLocalSocketAddress())
                .rules("reviews", TCP)
                .start()) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), waypoint.port("reviews"));
          Socket served = app.accept()) {
        client.getOutputStream().write('x');
        assertThat(served.getInputStream().read()).isEqualTo('x');
        assertThat(count(waypoint, "istio_tcp_connections_opened_total")).isEqualTo(1);
        assertThat(count(waypoint, "istio_tcp_connections_closed_total")).isZero();
      }
      PlainWaypoint.await(() -> count(waypoint, "istio_tcp_connections_closed_total") == 1);
      assertThat(count(waypoint, "istio_tcp_connections_opened_total")).isEqualTo(1);
      assertThat(count(waypoint, "istio_tcp_received_bytes_total")).isEqualTo(1);
    }
  }

  @Test
  void aRefusedConnectionIsCountedOnce() throws Exception {
    try (PlainWaypoint waypoint =
            new PlainWaypoint(folder)
                .endpoint("reviews", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
                .rules("reviews", TCP)
                .start();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), waypoint.port("reviews"))) {
      PlainWaypoint.await(() -> count(waypoint, "istio_tcp_connections_closed_total") == 1);
      assertThat(count(waypoint, "istio_tcp_connections_opened_total")).isEqualTo(1);
      assertThat(client.getInetAddress().isLoopbackAddress()).isTrue();
    }
  }
}
