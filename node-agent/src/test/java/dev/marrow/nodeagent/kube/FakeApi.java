package dev.marrow.nodeagent.kube;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.nodeagent.api.Access;
import dev.marrow.nodeagent.api.ApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Pods and namespaces of an API server: lists, watches that a test feeds, patches it can read. */
final class FakeApi implements AutoCloseable {
  private static final String END = "";

  final Map<String, String> lists = new ConcurrentHashMap<>();
  final BlockingQueue<String> podEvents = new LinkedBlockingQueue<>();
  final List<String> patches = new CopyOnWriteArrayList<>();
  final List<String> watches = new CopyOnWriteArrayList<>();
  volatile int patchStatus = 200;
  private final HttpServer http;
  private volatile boolean closed;

  private FakeApi(HttpServer http) {
    this.http = http;
  }

  static FakeApi start() throws IOException {
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    var api = new FakeApi(http);
    api.lists.put("/api/v1/pods", "");
    api.lists.put(
        "/api/v1/namespaces",
        "{\"metadata\":{\"name\":\"shop\",\"labels\":{\"istio.io/dataplane-mode\":\"ambient\"}}}");
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", api::answer);
    http.start();
    return api;
  }

  ApiServer server() throws IOException, NoSuchAlgorithmException {
    URI address = URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    return ApiServer.at(new Access(address, SSLContext.getDefault(), () -> "token"));
  }

  /** Ends the watch of pods that runs. */
  void endWatch() {
    podEvents.add(END);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    try (exchange) {
      if (exchange.getRequestMethod().equals("PATCH")) {
        patches.add(
            path
                + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        send(exchange, patchStatus, "{}");
      } else if (query.contains("watch=true")) {
        watch(exchange, path, query);
      } else {
        send(
            exchange,
            200,
            "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":["
                + lists.getOrDefault(path, "")
                + "]}");
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(HttpExchange exchange, String path, String query)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    if (path.equals("/api/v1/pods")) {
      watches.add(query);
    }
    while (!closed) {
      String event =
          path.equals("/api/v1/pods") ? podEvents.poll(50, TimeUnit.MILLISECONDS) : sleep();
      if (END.equals(event)) {
        return;
      }
      if (event != null) {
        exchange.getResponseBody().write((event + "\n").getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
      }
    }
  }

  private static @org.jspecify.annotations.Nullable String sleep() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(50);
    return null;
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed = true;
    http.stop(0);
  }
}
