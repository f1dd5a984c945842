package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Abort;
import dev.marrow.http.ChannelStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An app, a relay into a tunnel, a relay out of it, an app: real sockets all the way. */
class RelayTest {
  private final Loops loops = new Loops();
  private final TestTls tls = new TestTls();
  private final TestTunnelClient client = new TestTunnelClient(loops, tls);
  private final BlockingQueue<RelayEnd> ends = new LinkedBlockingQueue<>();
  private ServerSocket app;
  private TestTunnelServer server;
  private io.netty.channel.Channel front;
  private RelaySettings settings = RelaySettings.NO_TIMERS;

  @BeforeEach
  void start() throws IOException {
    app = new ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());
    server =
        TestTunnelServer.relayingTo(
            loops, tls, new java.net.InetSocketAddress("127.0.0.1", app.getLocalPort()));
    front = loops.listen(channel -> tunnel(ChannelStream.on(channel)));
  }

  private void tunnel(ChannelStream near) {
    var request = ConnectRequest.to(Authority.parse("10.0.0.1:80").orElseThrow());
    client
        .pool()
        .connect(
            TestTunnelClient.target(server.address()),
            request,
            result -> {
              if (result instanceof TunnelResult.Opened opened) {
                Relay.start(near, opened.stream(), settings, ends::add);
              } else {
                near.reset(Abort.CANCELLED);
              }
            });
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    app.close();
    front.close().syncUninterruptibly();
    server.close();
    loops.close();
    tls.close();
  }

  @Test
  void aHalfCloseTravelsAndTheOtherDirectionGoesOn() throws IOException {
    try (Socket near = dial();
        Socket far = app.accept()) {
      near.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
      near.shutdownOutput();
      String question = new String(far.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      far.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
      far.shutdownOutput();

      assertThat(question).isEqualTo("question");
      assertThat(new String(near.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("answer");
    }
    assertThat(end()).isEqualTo(new RelayEnd.Finished(8, 6));
  }

  @Test
  void aResetByTheFarAppResetsTheNearOne() throws Exception {
    try (Socket near = dial();
        Socket far = app.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);

      far.setSoLinger(true, 0);
      far.close();

      assertThat(failure(near)).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    }
    assertThat(end())
        .isInstanceOfSatisfying(
            RelayEnd.Aborted.class,
            aborted -> {
              assertThat(aborted.by()).isEqualTo(RelayEnd.Side.RIGHT);
              assertThat(aborted.why().reason()).isEqualTo(Abort.Reason.RESET);
            });
  }

  @Test
  void aResetByTheNearAppResetsTheFarOne() throws Exception {
    try (Socket near = dial();
        Socket far = app.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);

      near.setSoLinger(true, 0);
      near.close();

      assertThat(failure(far)).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    }
  }

  @Test
  void twentyMegabytesArriveUnchangedBothWays() throws Exception {
    try (Socket near = dial();
        Socket far = app.accept()) {
      var there = pump(near.getOutputStream(), 1, near);
      var back = pump(far.getOutputStream(), 2, far);
      var gotThere = drain(far.getInputStream());
      var gotBack = drain(near.getInputStream());

      try {
        assertThat(Await.of(gotThere)).isEqualTo(Await.of(there));
        assertThat(Await.of(gotBack)).isEqualTo(Await.of(back));
      } catch (CompletionException cut) {
        throw new AssertionError("the relay ended: " + ends.poll(2, TimeUnit.SECONDS), cut);
      }
    }
    assertThat(end()).isEqualTo(new RelayEnd.Finished(20 << 20, 20 << 20));
  }

  @Test
  void aStalledReaderStopsItsSenderAndNobodyElse() throws Exception {
    try (Socket near = dial();
        Socket far = app.accept();
        Socket otherNear = dial();
        Socket otherFar = app.accept()) {
      var sent = new java.util.concurrent.atomic.AtomicLong();
      var flood = flood(near, sent);
      long before = settled(sent);

      var there = pump(otherNear.getOutputStream(), 3, otherNear);
      assertThat(Await.of(drain(otherFar.getInputStream()))).isEqualTo(Await.of(there));

      assertThat(sent.get()).isEqualTo(before).isLessThan(64 << 20);
      far.close();
      near.close();
      Await.of(flood);
    }
  }

  @Test
  void aRelayWithoutTrafficIsCutAfterItsIdleTime() throws Exception {
    settings = new RelaySettings(Duration.ofMillis(50), Duration.ZERO);
    try (Socket near = dial();
        Socket far = app.accept()) {
      assertThat(end())
          .isInstanceOfSatisfying(
              RelayEnd.Aborted.class,
              aborted -> {
                assertThat(aborted.by()).isEqualTo(RelayEnd.Side.OURS);
                assertThat(aborted.why().reason()).isEqualTo(Abort.Reason.TIMEOUT);
              });
      assertThat(failure(far)).isInstanceOf(SocketException.class);
      assertThat(failure(near)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void whoLeavesTheCommonTimerTakesNobodyElseAlong() throws Exception {
    settings = new RelaySettings(Duration.ofMillis(300), Duration.ZERO);
    try (Socket first = dial();
        Socket second = dial();
        Socket third = dial()) {
      first.close();

      // Whatever ended the first one: the others end by the timer.
      assertThat(java.util.stream.Stream.of(end(), end(), end())).doesNotContainNull();
      assertThat(failure(second)).isInstanceOf(SocketException.class);
      assertThat(failure(third)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aHalfClosedRelayWithoutTrafficIsCutAfterItsOwnTime() throws Exception {
    settings = new RelaySettings(Duration.ZERO, Duration.ofMillis(50));
    try (Socket near = dial();
        Socket far = app.accept()) {
      near.shutdownOutput();

      assertThat(end())
          .isInstanceOfSatisfying(
              RelayEnd.Aborted.class,
              aborted -> assertThat(aborted.why().reason()).isEqualTo(Abort.Reason.TIMEOUT));
      assertThat(far.getInputStream().read()).isEqualTo(-1);
      assertThat(failure(near)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void allBytesOfAnAppThatWritesAndClosesAtOnceArrive() throws Exception {
    byte[] body = new byte[64 << 10];
    for (int i = 0; i < 100; i++) {
      try (Socket near = dial()) {
        try (Socket far = app.accept()) {
          far.getOutputStream().write(body);
        }
        assertThat(near.getInputStream().readAllBytes()).hasSize(body.length);
      }
    }
  }

  private Socket dial() throws IOException {
    var address = (java.net.InetSocketAddress) front.localAddress();
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private RelayEnd end() {
    try {
      RelayEnd end = ends.poll(10, TimeUnit.SECONDS);
      assertThat(end).isNotNull();
      return end;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Exception failure(Socket socket) {
    try {
      int read = socket.getInputStream().read();
      throw new AssertionError("read: " + read + " (expected: an exception)");
    } catch (IOException e) {
      return e;
    }
  }

  /** Writes 20 MB and half-closes; the hash of what was written. */
  private static CompletableFuture<String> pump(OutputStream out, int seed, Socket socket) {
    return async(() -> {
      var digest = Recording.sha256();
      var random = new Random(seed);
      byte[] chunk = new byte[40_960];
      for (int i = 0; i < 512; i++) {
        random.nextBytes(chunk);
        digest.update(chunk);
        out.write(chunk);
      }
      socket.shutdownOutput();
      return HexFormat.of().formatHex(digest.digest());
    });
  }

  private static CompletableFuture<String> drain(InputStream in) {
    return async(() -> {
      var digest = Recording.sha256();
      byte[] chunk = new byte[100_000];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    });
  }

  private static CompletableFuture<String> flood(
      Socket socket, java.util.concurrent.atomic.AtomicLong sent) {
    return async(() -> {
      try {
        byte[] chunk = new byte[64 << 10];
        while (true) {
          socket.getOutputStream().write(chunk);
          sent.addAndGet(chunk.length);
        }
      } catch (IOException e) {
        return "stopped";
      }
    });
  }

  /** The count once it has stood still for a while. */
  private static long settled(java.util.concurrent.atomic.AtomicLong sent) {
    long[] last = {-1, System.nanoTime()};
    Await.until(() -> {
      long now = sent.get();
      if (now != last[0]) {
        last[0] = now;
        last[1] = System.nanoTime();
      }
      return now > 0 && System.nanoTime() - last[1] > 500_000_000L;
    });
    return sent.get();
  }

  private static CompletableFuture<String> async(java.util.concurrent.Callable<String> work) {
    var result = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(work.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
