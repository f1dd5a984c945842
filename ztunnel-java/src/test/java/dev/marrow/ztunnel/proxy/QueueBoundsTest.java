package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one identity may hold in memory; the bounds here are 2 and 8 MiB on a loop. */
class QueueBoundsTest {
  private static final int STREAMS = 8;
  private static final int EACH = 16 << 20;

  /** Two loops: twice the bound of the client, and what the server granted before. */
  private static final long MOST = 2 * (2 * (2L << 20) + (16L << 20));

  private final TestNode node = new TestNode("", false);
  private final List<Socket> sockets = new ArrayList<>();
  private final String client = TestNode.address();
  private final String server = TestNode.address();

  @BeforeEach
  void mesh() {
    node.mesh.put(
        workload("client").account("client").at(client),
        workload("server").account("server").at(server));
  }

  @AfterEach
  void end() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    node.close();
  }

  /** Streams whose app does not read: as many bytes as an identity may hold wait in the proxy. */
  private List<Socket> stuck(TestNode.Pod from, ServerSocket app) throws IOException {
    var accepted = new ArrayList<Socket>();
    for (int i = 0; i < STREAMS; i++) {
      Socket socket = from.connect(server, app.getLocalPort());
      sockets.add(socket);
      Thread.ofVirtual().start(() -> fill(socket));
      Socket theirs = app.accept();
      theirs.setSoTimeout(10_000);
      sockets.add(theirs);
      accepted.add(theirs);
    }
    return accepted;
  }

  private static void fill(Socket socket) {
    try {
      socket.getOutputStream().write(new byte[EACH]);
      socket.shutdownOutput();
    } catch (IOException e) {
      // The test is over; one that reads sees what is missing.
    }
  }

  @Test
  void anIdentityHoldsNoMoreThanItsBoundAndLosesNothing() throws Exception {
    TestNode.Pod from = node.pod("client", client);
    node.pod("server", server);
    try (var app = new ServerSocket(0, STREAMS, InetAddress.ofLiteral(server))) {
      List<Socket> accepted = stuck(from, app);

      TestNode.await(() -> node.pauses() > 0, "somebody who waits");
      assertThat(node.queuedBytes()).isLessThan(MOST + (4 << 20));
      try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
        var read = new ArrayList<Future<byte[]>>();
        for (Socket each : accepted) {
          read.add(readers.submit(() -> each.getInputStream().readAllBytes()));
        }
        for (Future<byte[]> each : read) {
          assertThat(each.get()).hasSize(EACH);
        }
      }
    }
  }

  @Test
  void anotherIdentityOfTheNodeGoesOn() throws Exception {
    String third = TestNode.address();
    node.mesh.put(workload("third").account("third").at(third));
    TestNode.Pod from = node.pod("client", client);
    TestNode.Pod neighbour = node.pod("third", third);
    node.pod("server", server);
    try (var app = new ServerSocket(0, STREAMS, InetAddress.ofLiteral(server));
        TestApp echo = TestApp.echo(third)) {
      stuck(from, app);
      TestNode.await(() -> node.pauses() > 0, "somebody who waits");

      Socket socket = neighbour.connect(third, echo.port());
      sockets.add(socket);

      assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
    }
  }
}
