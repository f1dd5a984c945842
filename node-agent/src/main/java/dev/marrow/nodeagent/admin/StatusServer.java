package dev.marrow.nodeagent.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.nodeagent.enrol.AgentStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /healthz/ready}, {@code /healthz/live} and {@code /metrics} over HTTP. Thread-safe; each
 * request has a virtual thread.
 */
public final class StatusServer implements AutoCloseable {
  private static final int BACKLOG = 64;

  private final HttpServer server;

  private StatusServer(HttpServer server) {
    this.server = server;
  }

  public static StatusServer listen(int port, Supplier<AgentStatus> status) throws IOException {
    HttpServer http = HttpServer.create(new InetSocketAddress(port), BACKLOG);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/healthz/ready", exchange -> ready(exchange, status.get()));
    http.createContext("/healthz/live", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
    http.createContext(
        "/metrics",
        exchange -> answer(exchange, 200, "text/plain; version=0.0.4", Metrics.text(status.get())));
    http.start();
    return new StatusServer(http);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void ready(HttpExchange exchange, AgentStatus status) throws IOException {
    var text = new StringBuilder(status.settled() ? "ready\n" : "starting\n");
    text.append("node proxies: ").append(status.proxies()).append('\n');
    text.append("enrolled: ").append(status.enrolled()).append('\n');
    status.waiting().forEach((pod, why) -> text.append("waiting: %s: %s%n".formatted(pod, why)));
    answer(exchange, status.settled() ? 200 : 503, "text/plain", text.toString());
  }

  private static void answer(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop((int) Duration.ZERO.toSeconds());
  }
}
