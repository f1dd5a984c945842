package dev.marrow.ztunnel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.SteadyEpoll;
import dev.marrow.ztunnel.report.LogFilter;
import dev.marrow.ztunnel.report.LogSink;
import dev.marrow.ztunnel.report.Logs;
import dev.marrow.ztunnel.report.Metrics;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The three servers over real sockets. */
class AdminPagesTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
  private final LogSink sink = new LogSink(OutputStream.nullOutputStream(), false, 100);
  private final Logs logs = new Logs(sink, LogFilter.parse("info"), Clock.systemUTC());
  private final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    sink.close();
  }

  private static HttpResponse<String> ask(PageServer server, String method, String path)
      throws IOException {
    var uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    var request =
        HttpRequest.newBuilder(uri)
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void readinessNamesWhatIsPending() throws IOException {
    var ready = new AtomicBoolean();
    var tasks = new Readiness();
    tasks.await("state manager", ready::get);
    tasks.await("proxy", () -> true);
    PageServer server = AdminServers.readiness(group, any, tasks);

    var before = ask(server, "GET", "/healthz/ready");
    ready.set(true);
    var after = ask(server, "GET", "/healthz/ready");

    assertThat(before.statusCode()).isEqualTo(500);
    assertThat(before.body()).isEqualTo("not ready, pending: state manager\n");
    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(after.body()).isEqualTo("ready\n");
  }

  @Test
  void metricsAreGivenUnderBothNamesAndNothingElse() throws IOException {
    var metrics = new Metrics();
    metrics.counter("things_total", "things", "kind", "a\"b").increment();
    PageServer server = AdminServers.metrics(group, any, metrics);

    assertThat(ask(server, "GET", "/metrics").body()).contains("things_total{kind=\"a\\\"b\"} 1\n");
    assertThat(ask(server, "GET", "/stats/prometheus").statusCode()).isEqualTo(200);
    assertThat(ask(server, "GET", "/other").statusCode()).isEqualTo(404);
  }

  @Test
  void levelsAreSetAccumulateAndReset() {
    var pages = new AdminPages(java.util.Map::of, logs, () -> {});

    assertThat(level(pages, "level=access:debug")).contains("access=debug,info");
    assertThat(level(pages, "level=dns=trace")).contains("access=debug,dns=trace,info");
    assertThat(level(pages, "reset&level=warn")).contains("level is warn");
    assertThat(pages.answer(query("POST", "/logging?level=loud")).status()).isEqualTo(400);
    assertThat(pages.answer(query("GET", "/logging")).status()).isEqualTo(405);
  }

  private static String level(AdminPages pages, String parameters) {
    return new String(
        pages.answer(query("POST", "/logging?" + parameters)).body(),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private static Query query(String method, String target) {
    return Query.parse(method + " " + target + " HTTP/1.1\r\n\r\n").orElseThrow();
  }

  @Test
  void whoDoesNotReadItsPageIsLetGo() throws IOException {
    var page = new Page(200, "text/plain", new byte[64 << 20]);
    PageServer server =
        PageServer.open(group, any, Runnable::run, query -> page, Duration.ofMillis(200));
    try (var socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      // A client that goes away by itself would end the connection, too: this one waits.
      assertThat(lostAfter(socket, Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void whoSendsItsRequestByteByByteIsLetGo() throws IOException {
    PageServer server =
        PageServer.open(
            group, any, Runnable::run, query -> Page.notFound(), Duration.ofMillis(200));
    try (var socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      assertThat(lostAfter(socket, Duration.ofSeconds(1))).isTrue();
    }
  }

  @Test
  void silentClientsDoNotKeepAProbeOut() throws IOException {
    var tasks = new Readiness();
    PageServer server = AdminServers.readiness(group, any, tasks);
    var silent = new ArrayList<Socket>();
    for (int i = 0; i < 300; i++) {
      silent.add(new Socket(server.address().getAddress(), server.address().getPort()));
    }

    assertThat(ask(server, "GET", "/healthz/ready").statusCode()).isEqualTo(200);

    silent.getFirst().setSoTimeout(5000);
    assertThat(silent.getFirst().getInputStream().read()).isEqualTo(-1);
    for (Socket socket : silent) {
      socket.close();
    }
  }

  /** Whether the peer resets {@code socket}, of which nothing is read, within {@code time}. */
  private static boolean lostAfter(Socket socket, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        socket.getOutputStream().write(0);
      } catch (IOException lost) {
        return true;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return false;
  }

  @Test
  void quittingIsAskedForByPost() {
    var quit = new AtomicBoolean();
    var pages = new AdminPages(java.util.Map::of, logs, () -> quit.set(true));

    assertThat(pages.answer(query("GET", "/quitquitquit")).status()).isEqualTo(405);
    assertThat(quit).isFalse();
    assertThat(pages.answer(query("POST", "/quitquitquit")).status()).isEqualTo(200);
    assertThat(quit).isTrue();
  }

  @Test
  void jsonIsEscaped() {
    assertThat(Json.write(java.util.Map.of("a\"", java.util.List.of("x\ny", 1, true))))
        .isEqualTo("{\n  \"a\\\"\": [\n    \"x\\ny\",\n    1,\n    true\n  ]\n}\n");
  }
}
