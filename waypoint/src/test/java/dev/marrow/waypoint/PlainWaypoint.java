package dev.marrow.waypoint;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.marrow.waypoint.settings.Standalone;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A waypoint with plain listeners, one per service of namespace {@code shop}, and backends on
 * loopback: what tests of rules need, without tunnels. Every service has port 80.
 */
final class PlainWaypoint implements AutoCloseable {
  static final String TO_REVIEWS =
      "\"backends\": [ { \"weight\": 1, \"backend\": { \"namespace\": \"shop\", \"hostname\": \"reviews\", \"port\": 80 } } ]";

  private final Path folder;
  private final Map<String, List<InetSocketAddress>> services = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, String> rules = new LinkedHashMap<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private @Nullable Waypoint waypoint;
  private int loops = 1;
  private String streamIdle = "5m";
  private String locality = "";
  private String limits = "";

  PlainWaypoint(Path folder) {
    this.folder = folder;
  }

  /** Reviews, with these rules, and this for its only backend. */
  static PlainWaypoint of(Path folder, String rules, HttpHandler app) throws Exception {
    return new PlainWaypoint(folder).serve("reviews", app).rules("reviews", rules).start();
  }

  /** The JSON of port 80 with one rule for reviews. */
  static String port(String protocol, String rule) {
    return "\"ports\": [ { \"port\": 80, \"protocol\": \"%s\", \"routed\": true, \"httpRules\": [ { \"route\": \"shop/r\", %s%s } ] } ]"
        .formatted(protocol, rule.isEmpty() ? "" : rule + ", ", TO_REVIEWS);
  }

  PlainWaypoint loops(int count) {
    loops = count;
    return this;
  }

  PlainWaypoint streamIdle(String duration) {
    streamIdle = duration;
    return this;
  }

  /** What clients may cost, as fields of flow YAML. */
  PlainWaypoint limits(String fields) {
    limits = fields;
    return this;
  }

  /** Where the waypoint is, as fields of flow YAML. */
  PlainWaypoint locality(String fields) {
    locality = fields;
    return this;
  }

  /** Another endpoint of {@code service}. */
  PlainWaypoint endpoint(String service, InetSocketAddress address) {
    services.computeIfAbsent(service, s -> new ArrayList<>()).add(address);
    return this;
  }

  /** More fields of the workload of that endpoint, as flow YAML. */
  PlainWaypoint labelled(String service, int index, String fields) {
    labels.put(service + "-" + index, fields);
    return this;
  }

  /** Another HTTP/1 endpoint of {@code service}. */
  PlainWaypoint serve(String service, HttpHandler app) throws IOException {
    HttpServer server = HttpServer.create(loopback(), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", app);
    server.start();
    owned.add(() -> server.stop(0));
    return endpoint(service, server.getAddress());
  }

  /** The destination of {@code service}: JSON without its target. */
  PlainWaypoint rules(String service, String json) {
    rules.put(service, json.replace("\n", " "));
    return this;
  }

  PlainWaypoint owning(AutoCloseable other) {
    owned.add(other);
    return this;
  }

  PlainWaypoint start() throws Exception {
    Path file = Files.writeString(folder.resolve("plain.yaml"), yaml());
    waypoint =
        Waypoint.start(
            Standalone.read(file), () -> {}, new PrintStream(log, true, StandardCharsets.UTF_8));
    return this;
  }

  private Waypoint started() {
    return Objects.requireNonNull(waypoint, "not started");
  }

  private String yaml() {
    StringBuilder listeners = new StringBuilder();
    StringBuilder workloads = new StringBuilder();
    StringBuilder named = new StringBuilder();
    StringBuilder destinations = new StringBuilder();
    services.forEach((name, endpoints) -> {
      listeners.append("  - { port: 0, service: shop/%s, servicePort: 80 }\n".formatted(name));
      named.append(
          "    - { name: %s, namespace: shop, hostname: %s, vips: [], ports: { \"80\": 80 } }\n"
              .formatted(name, name));
      for (int i = 0; i < endpoints.size(); i++) {
        String uid = name + "-" + i;
        workloads.append(workload(name, uid, endpoints.get(i)));
      }
      destinations.append(
          "  - { \"service\": { \"namespace\": \"shop\", \"hostname\": \"%s\" }, %s }\n"
              .formatted(
                  name,
                  rules.getOrDefault(
                      name, "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\" } ]")));
    });
    return "loops: %d\nstreamIdle: %s\nlimits: { %s }\nlocality: { %s }\nports: { admin: 0, metrics: 0, readiness: 0 }\nlisteners:\n%smesh:\n  workloads:\n%s  services:\n%sdestinations:\n%s"
        .formatted(loops, streamIdle, limits, locality, listeners, workloads, named, destinations);
  }

  private String workload(String service, String uid, InetSocketAddress at) {
    String where =
        at.isUnresolved()
            ? "hostname: %s, workloadIps: []".formatted(at.getHostString())
            : "workloadIps: [\"%s\"]".formatted(at.getAddress().getHostAddress());
    String more = labels.getOrDefault(uid, "");
    return "    - { uid: \"c//Pod/shop/%s\", name: %s, namespace: shop, serviceAccount: %s, %s, %sservices: { \"shop/%s\": { \"80\": %d } } }\n"
        .formatted(
            uid, uid, service, where, more.isEmpty() ? "" : more + ", ", service, at.getPort());
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Where clients of {@code service} connect to. */
  int port(String service) {
    return started().ports().get(List.copyOf(services.keySet()).indexOf(service));
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port("reviews") + path);
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  String metrics() {
    return started().metrics().text();
  }

  /** Sends to reviews; {@code headers} as name, value, name, value. */
  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, "", headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Waits until {@code holds}, for ten seconds at most. */
  static void await(BooleanSupplier holds) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!holds.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() throws Exception {
    http.close();
    if (waypoint != null) {
      waypoint.close();
    }
    for (AutoCloseable other : owned.reversed()) {
      other.close();
    }
  }
}
