package dev.marrow.waypoint.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A few pages on one port, each request on a virtual thread. Thread-safe. */
public final class AdminServer implements AutoCloseable {
  /** Makes a page. */
  @FunctionalInterface
  public interface Page {
    Answer answer(Question question);
  }

  /** Writes lines as they come, until somebody is tired of it. */
  @FunctionalInterface
  public interface Lines {
    void write(Question question, LineOutput out) throws IOException, InterruptedException;
  }

  /** Where a line goes; fails once the reader is gone. */
  @FunctionalInterface
  public interface LineOutput {
    void line(String text) throws IOException;
  }

  /** What was asked for; {@code query} as it came, "" without one. */
  public record Question(String method, String query) {}

  public record Answer(int status, String type, String body) {
    public static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body);
    }

    public static Answer json(String body) {
      return new Answer(200, "application/json", body);
    }
  }

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HttpServer server;

  private AdminServer(HttpServer server) {
    this.server = server;
  }

  /** Serves {@code pages} by path. */
  public static AdminServer start(InetSocketAddress address, Map<String, Page> pages)
      throws IOException {
    return start(address, pages, PATIENCE);
  }

  /**
   * As above.
   *
   * @param patience how long a client may take to take a page
   */
  static AdminServer start(InetSocketAddress address, Map<String, Page> pages, Duration patience)
      throws IOException {
    HttpServer server = HttpServer.create(address, 64);
    server.setExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory()));
    Map<String, Page> byPath = new TreeMap<>(pages);
    server.createContext("/", exchange -> serve(exchange, byPath, patience));
    server.start();
    return new AdminServer(server);
  }

  /** Adds a page that does not end by itself, one JSON object per line. */
  public AdminServer with(String path, Lines lines) {
    server.createContext(path, exchange -> stream(exchange, lines));
    return this;
  }

  private static void stream(HttpExchange exchange, Lines lines) throws IOException {
    try (exchange) {
      String query = exchange.getRequestURI().getRawQuery();
      Question question = new Question(exchange.getRequestMethod(), query == null ? "" : query);
      exchange.getResponseHeaders().set("content-type", "application/x-ndjson");
      exchange.sendResponseHeaders(200, 0);
      lines.write(
          question,
          text -> {
            exchange.getResponseBody().write((text + "\n").getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void serve(HttpExchange exchange, Map<String, Page> pages, Duration patience)
      throws IOException {
    try (exchange) {
      Page page = pages.get(exchange.getRequestURI().getPath());
      String query = exchange.getRequestURI().getRawQuery();
      Answer answer =
          page == null
              ? Answer.text(404, String.join("\n", pages.keySet()) + "\n")
              : page.answer(new Question(exchange.getRequestMethod(), query == null ? "" : query));
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", answer.type());
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      // A page may be large, and stays in memory until its client has taken it.
      CompletableFuture<Void> taken =
          new CompletableFuture<Void>().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
      var unused =
          taken.exceptionallyAsync(
              late -> {
                exchange.close();
                return null;
              },
              Thread::startVirtualThread);
      exchange.getResponseBody().write(body);
      taken.complete(null);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
