package dev.marrow.waypoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.waypoint.settings.SettingsException;
import dev.marrow.waypoint.settings.Standalone;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A short run under requests, from which the build makes an AOT cache: what is hot then is compiled
 * early later. A request comes by HTTP/1, goes through this waypoint to its own second listener by
 * HTTP/2, and from there to a backend by HTTP/1, so that all four roles are trained. Used by the
 * build only.
 */
final class Training {
  private static final Duration LASTS = Duration.ofSeconds(8);
  private static final int CLIENTS = 4;
  private static final byte[] REQUEST =
      "GET /items/7?full=1 HTTP/1.1\r\nhost: web.shop.svc\r\nuser-agent: training\r\naccept: */*\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private Training() {}

  static void run() throws IOException, SettingsException, InterruptedException {
    HttpServer backend = HttpServer.create(loopback(0), 0);
    backend.createContext("/", Training::answer);
    backend.start();
    int second = freePort();
    Path file = Files.createTempFile("marrow-training", ".yaml");
    Files.writeString(file, config(second, backend.getAddress().getPort()));
    try (Waypoint waypoint =
        Waypoint.start(
            Standalone.read(file), () -> {}, new PrintStream(OutputStream.nullOutputStream()))) {
      int entry = waypoint.ports().getFirst();
      List<Thread> clients = new ArrayList<>();
      long end = System.nanoTime() + LASTS.toNanos();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofVirtual().start(() -> ask(entry, end)));
      }
      for (Thread client : clients) {
        client.join();
      }
    } finally {
      backend.stop(0);
      Files.delete(file);
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(loopback(0));
      return socket.getLocalPort();
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = "x".repeat(1024).getBytes(StandardCharsets.US_ASCII);
      exchange.getResponseHeaders().set("content-type", "text/plain");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void ask(int port, long end) {
    byte[] answer = new byte[8192];
    try (Socket socket = new Socket()) {
      socket.connect(loopback(port));
      socket.setSoTimeout(2000);
      InputStream in = socket.getInputStream();
      while (System.nanoTime() < end) {
        socket.getOutputStream().write(REQUEST);
        // An answer ends with the body; what is read in parts is read on.
        for (int read = in.read(answer); read > 0 && answer[read - 1] != 'x'; ) {
          read = in.read(answer);
        }
      }
    } catch (IOException e) {
      // The run is as good as it got; a cache of less is a cache.
      return;
    }
  }

  private static String config(int second, int backend) {
    String policy =
        """
        "policies": [ { "name": "shop/readers", "action": "ALLOW", "rules": [ { "to": [ { "methods": [ { "exact": "GET" } ], "paths": [ { "prefix": "/items" } ] } ] } ] } ]\
        """;
    String rule =
        """
        "httpRules": [ { "route": "shop/web", "rule": "0", "matches": [ { "path": { "prefix": "/items" } } ],
            "filters": [ { "requestHeaders": { "add": [ { "name": "x-hop", "value": "1" } ] } } ],
            "backends": [ { "backend": { "namespace": "shop", "hostname": "%s", "port": 80 }, "weight": 1 } ] } ]\
        """;
    return """
    loops: 1
    ports: { admin: 0, metrics: 0, readiness: 0 }
    listeners:
      - { address: 127.0.0.1, port: 0, service: shop/web.shop.svc, servicePort: 80 }
      - { address: 127.0.0.1, port: %d, service: shop/next.shop.svc, servicePort: 80 }
    mesh:
      workloads:
        - { uid: "c//Pod/shop/web-1", name: web-1, namespace: shop, serviceAccount: web, workloadIps: ["127.0.0.1"], protocol: TCP, services: { "shop/next.shop.svc": { "80": %d }, "shop/last.shop.svc": { "80": %d } } }
      services:
        - { name: web, namespace: shop, hostname: web.shop.svc, vips: ["/198.18.255.1"], ports: { "80": 80 } }
        - { name: next, namespace: shop, hostname: next.shop.svc, vips: ["/198.18.255.2"], ports: { "80": %d } }
        - { name: last, namespace: shop, hostname: last.shop.svc, vips: ["/198.18.255.3"], ports: { "80": %d } }
    destinations:
      - { "service": { "namespace": "shop", "hostname": "web.shop.svc" }, %s, "ports": [ { "port": 80, "protocol": "HTTP1", "routed": true, %s } ] }
      - { "service": { "namespace": "shop", "hostname": "next.shop.svc" }, %s, "ports": [ { "port": 80, "protocol": "HTTP2", "routed": true, %s } ] }
      - { "service": { "namespace": "shop", "hostname": "last.shop.svc" }, "ports": [ { "port": 80, "protocol": "HTTP1" } ] }
    """
        .formatted(
            second,
            second,
            backend,
            second,
            backend,
            policy,
            rule.formatted("next.shop.svc"),
            policy,
            rule.formatted("last.shop.svc"));
  }
}
