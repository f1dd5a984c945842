package dev.marrow.controlplane.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A few pages over HTTP on an address of their own. Thread-safe; a virtual thread per request. */
public final class HttpPages implements AutoCloseable {
  /** What a page says now. */
  public record Page(int status, String contentType, String body) {
    public static Page text(int status, String body) {
      return new Page(status, "text/plain; charset=utf-8", body);
    }

    public static Page json(String body) {
      return new Page(200, "application/json", body);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads;

  private HttpPages(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /** Serves {@code pages} by their exact paths. */
  public static HttpPages open(InetSocketAddress address, Map<String, Supplier<Page>> pages)
      throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, pages));
    server.start();
    return new HttpPages(server, threads);
  }

  private static void answer(HttpExchange exchange, Map<String, Supplier<Page>> pages)
      throws IOException {
    Page page =
        pages
            .getOrDefault(
                exchange.getRequestURI().getPath(), () -> Page.text(404, "no such page\n"))
            .get();
    byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", page.contentType());
    exchange.sendResponseHeaders(page.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
