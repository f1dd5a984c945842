package dev.marrow.waypoint;

import io.grpc.testing.integration.InteropCases;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** gRPC's own interoperability suite, grpc-java's client and server, through a waypoint. */
@Timeout(120)
class GrpcInteropTest {
  @TempDir Path folder;
  private InteropCases.Running server;
  private PlainWaypoint waypoint;

  @BeforeEach
  void start() throws Exception {
    server = InteropCases.server();
    waypoint =
        new PlainWaypoint(folder)
            .endpoint("reviews", new InetSocketAddress("127.0.0.1", server.port()))
            .rules("reviews", PlainWaypoint.port("GRPC", "\"grpc\": true"))
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    waypoint.close();
    server.close();
  }

  @TestFactory
  Stream<DynamicTest> cases() {
    return InteropCases.NAMES.stream()
        .map(name ->
            DynamicTest.dynamicTest(name, () -> InteropCases.run(name, waypoint.port("reviews"))));
  }
}
