package dev.marrow.waypoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Backends for tests. */
final class Apps {
  private Apps() {}

  /** One request as a backend saw it. */
  record Seen(
      String method, String path, java.util.Map<String, List<String>> headers, String body) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(e -> e.getKey().equalsIgnoreCase(name))
          .map(e -> String.join(",", e.getValue()))
          .findFirst()
          .orElse("");
    }
  }

  /** Answers 200 with {@code name} and keeps what it saw. */
  static final class Recorder implements HttpHandler {
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final String name;

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        seen.add(
            new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                java.util.Map.copyOf(exchange.getRequestHeaders()),
                new String(body, StandardCharsets.UTF_8)));
        answer(exchange, 200, name);
      }
    }
  }

  static HttpHandler saying(String name) {
    return exchange -> {
      try (exchange) {
        exchange.getRequestBody().readAllBytes();
        answer(exchange, 200, name);
      }
    };
  }

  static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
    if (!none) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
