package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints of which only a name is known (ServiceEntry with DNS resolution). */
@Timeout(60)
class NamedEndpointTest {
  @TempDir Path folder;

  private PlainWaypoint named(String name, int port) throws Exception {
    return new PlainWaypoint(folder)
        .endpoint("reviews", InetSocketAddress.createUnresolved(name, port))
        .start();
  }

  @Test
  void theNameIsLookedUpAndAnyOfItsAddressesWillDo() throws Exception {
    InetAddress v4 = InetAddress.ofLiteral("127.0.0.1");
    HttpServer server = HttpServer.create(new InetSocketAddress(v4, 0), 0);
    server.createContext("/", Apps.saying("by name"));
    server.start();
    try (PlainWaypoint waypoint = named("localhost", server.getAddress().getPort())) {
      assertThat(waypoint.get("/").body()).isEqualTo("by name");
      assertThat(waypoint.get("/").body()).isEqualTo("by name");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aNameThatNobodyKnowsGets503() throws Exception {
    try (PlainWaypoint waypoint = named("no-such-host.invalid", 80)) {
      assertThat(waypoint.get("/").statusCode()).isEqualTo(503);
      PlainWaypoint.await(() -> waypoint.log().contains("name_not_found"));
      assertThat(waypoint.log()).contains("name_not_found");
    }
  }
}
