package dev.marrow.waypoint;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.waypoint.settings.Standalone;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** A waypoint with a plain listener in front of one backend, on loopback, from one file. */
final class TestGateway implements AutoCloseable {
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final HttpServer backend;
  private final Waypoint waypoint;

  /**
   * @param rules the destination's JSON without its target; begins with a comma unless empty
   * @param more further lines of the file
   */
  TestGateway(Path folder, String rules, String more, HttpHandler app) throws Exception {
    backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    backend.createContext("/", app);
    backend.start();
    String yaml =
        """
        loops: 1
        ports: { admin: 0, metrics: 0, readiness: 0 }
        listeners:
          - { address: 127.0.0.1, port: 0, service: shop/web.shop.svc, servicePort: 80 }
        mesh:
          workloads:
            - { uid: "c//Pod/shop/web-1", name: web-1, namespace: shop, serviceAccount: web, workloadIps: ["127.0.0.1"], protocol: TCP, services: { "shop/web.shop.svc": { "80": %d } } }
          services:
            - { name: web, namespace: shop, hostname: web.shop.svc, vips: ["/198.18.255.1"], ports: { "80": %d } }
        destinations:
          - { "service": { "namespace": "shop", "hostname": "web.shop.svc" }, "ports": [ { "port": 80, "protocol": "HTTP1" } ] %s }
        %s
        """
            .formatted(backend.getAddress().getPort(), backend.getAddress().getPort(), rules, more);
    Path file = Files.writeString(folder.resolve("gateway.yaml"), yaml);
    waypoint =
        Waypoint.start(
            Standalone.read(file), () -> {}, new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  Waypoint waypoint() {
    return waypoint;
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  int port() {
    return waypoint.ports().getFirst();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Override
  public void close() {
    waypoint.close();
    backend.stop(0);
  }
}
