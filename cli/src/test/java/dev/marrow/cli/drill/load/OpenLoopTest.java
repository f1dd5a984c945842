package dev.marrow.cli.drill.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In this process's own namespace; to enter a namespace needs root all the same. */
class OpenLoopTest {
  private static final int PORT = 39_417;

  private Source here;
  private @Nullable EchoServer server;

  @BeforeEach
  void onlyRootMayDoThis() throws IOException {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
    here = Source.open("here", Path.of("/proc/self/ns/net"));
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) server.close();
    if (here != null) here.close();
  }

  private Tally.Summary load(Exchange exchange, double rate, int requests) {
    var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);
    OpenLoop loop =
        OpenLoop.start(
            exchange,
            List.of(new OpenLoop.Pair(here, "server", to)),
            rate,
            2000,
            new Tally(System.nanoTime()));
    while (loop.tally().summary().sent() < requests) LockSupport.parkNanos(5_000_000);
    loop.close();
    return loop.tally().summary();
  }

  private static Exchange exchange(String kind) {
    return switch (kind) {
      case "tcp" -> new TcpExchange();
      case "h1-kept" -> Http1Exchange.kept();
      case "h1-new" -> Http1Exchange.fresh();
      case "websocket" -> new WebSocketExchange();
      case "h2" -> Http2Exchange.plain();
      default -> Http2Exchange.grpc();
    };
  }

  private static EchoServer.Talk talk(String kind) {
    return switch (kind) {
      case "tcp" -> EchoServer::echo;
      case "h1-kept", "h1-new", "websocket" -> Http1Echo::serve;
      default -> H2Echo::serve;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "h1-kept", "h1-new", "websocket", "h2", "grpc"})
  void everyKindOfRequestIsAnsweredWithWhatWasSent(String kind) throws IOException {
    server = EchoServer.start(here, PORT, talk(kind));

    Tally.Summary sum = load(exchange(kind), 200, 40);

    assertThat(sum.failures()).isEmpty();
    assertThat(sum.answered()).isEqualTo(sum.sent());
  }

  @Test
  void anAnswerThatDiffersByAByteIsAFailureAndAWrongOne() throws IOException {
    server =
        EchoServer.start(
            here,
            PORT,
            socket -> {
              byte[] bytes = socket.getInputStream().readAllBytes();
              bytes[1000] ^= 1;
              socket.getOutputStream().write(bytes);
            });

    Tally.Summary sum = load(new TcpExchange(), 100, 5);

    assertThat(sum.wrong()).isEqualTo(sum.sent());
    assertThat(sum.failures()).allMatch(f -> f.why().contains("byte 1000 differs"));
  }

  @Test
  void anAnswerThatIsCutShortIsNeverTakenForAWholeOne() throws IOException {
    server =
        EchoServer.start(here, PORT, socket -> socket.getOutputStream().write(firstHalf(socket)));

    Tally.Summary sum = load(new TcpExchange(), 100, 5);

    assertThat(sum.failures())
        .hasSize((int) sum.sent())
        .allMatch(f -> f.why().contains("truncated"));
  }

  private static byte[] firstHalf(Socket socket) throws IOException {
    byte[] bytes = socket.getInputStream().readAllBytes();
    return java.util.Arrays.copyOf(bytes, bytes.length / 2);
  }

  @Test
  void aServerThatStandsStillCannotHideIt() throws IOException {
    server =
        EchoServer.start(
            here,
            PORT,
            socket -> {
              byte[] bytes = socket.getInputStream().readAllBytes();
              LockSupport.parkNanos(300_000_000);
              socket.getOutputStream().write(bytes);
            });

    Tally.Summary sum = load(new TcpExchange(), 100, 30);

    // A closed loop would have sent one request in this time, and called it slow.
    assertThat(sum.sent()).isGreaterThanOrEqualTo(30);
    assertThat(sum.p50Millis()).isGreaterThan(290);
  }

  @Test
  void nobodyThereIsAFailureForEachRequest() {
    Tally.Summary sum = load(new TcpExchange(), 100, 5);

    assertThat(sum.failures()).hasSize((int) sum.sent());
  }
}
