package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Setup;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.Http1Exchange;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Source;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.drill.load.TcpExchange;
import dev.marrow.cli.local.state.MeshState;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Waypoints that are replaced, changed, abused and overloaded; and backends that roll. */
final class WaypointDrills {
  private static final Setup BEHIND = new Setup(2, 2, 4, java.util.Map.of(), "").withWaypoint(2);

  private WaypointDrills() {}

  static List<Drill> all() {
    return List.of(
        new Drill(
            "R-02",
            "Waypoint replaced, and changed, under load",
            "both replicas of a waypoint are replaced one after the other; routes change twenty times",
            "0 failed of HTTP/1.1, HTTP/2, gRPC and WebSocket; p99 at most twice as long",
            BEHIND,
            WaypointDrills::rolling),
        new Drill(
            "R-03",
            "Backends roll, endpoints lag",
            "one backend of a service after the other refuses connections for 2 s while its endpoint still names it",
            "0 failed: another endpoint is tried before the first byte",
            Setup.usual(),
            WaypointDrills::backends),
        new Drill(
            "R-13",
            "Readers that do not read",
            "clients of two identities ask for endless bodies and read nothing of them",
            "0 failed of two other identities through the same waypoint; its memory grows by no more than its windows",
            new Setup(2, 4, 4, java.util.Map.of(), "").withWaypoint(2),
            WaypointDrills::slowReaders),
        new Drill(
            "R-14",
            "Requests that never end",
            "clients that send a request head, a byte now and then",
            "0 failed among the others",
            BEHIND,
            WaypointDrills::slowloris),
        new Drill(
            "R-16",
            "Four times the load",
            "new connections with 16 KiB each at four times the usual rate, one replica",
            "what is answered is right; no process ends; afterwards 0 failed",
            new Setup(2, 2, 4, java.util.Map.of(), "").withWaypoint(1),
            WaypointDrills::overload));
  }

  static Set<String> waypoints(DrillMesh mesh) throws IOException {
    return mesh.now().pods().stream()
        .filter(pod -> pod.name().startsWith("waypoint-"))
        .map(MeshState.Pod::name)
        .collect(Collectors.toSet());
  }

  private static void rolling(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    WebLoad calm = WebLoad.start(stage);
    stage.pass(Duration.ofSeconds(5));
    double before = calm.finish("before", true);
    WebLoad load = WebLoad.again(stage);
    for (int n = 1; n <= stage.scaled(2, 20); n++) {
      Set<String> old = waypoints(mesh);
      stage.note("replacing " + old);
      if (stage.sabotaged()) {
        for (String name : old) DrillMesh.signal(mesh.pod(name).pid(), "KILL");
        stage.pass(Duration.ofSeconds(3));
      } else {
        mesh.write("more.yaml", Setup.waypoint(2, "" + n));
        DrillMesh.until(
            "the old replicas to be gone",
            Duration.ofSeconds(60),
            () -> waypoints(mesh).size() == 2 && waypoints(mesh).stream().noneMatch(old::contains));
      }
      stage.note("replaced by " + waypoints(mesh));
      stage.pass(Duration.ofSeconds(1));
    }
    for (int n = 0; n < 20; n++) {
      mesh.write("route.yaml", route(n));
      stage.pass(Duration.ofMillis(150));
    }
    double during = load.finish("during", true);
    double allowed = Math.max(100, 2 * before);
    stage.check(
        "worst p99",
        "<= %.0f ms".formatted(allowed),
        "%.1f ms".formatted(during),
        during <= allowed);
  }

  /** A route that changes nothing for the load but is another one each time. */
  private static String route(int n) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: echo, namespace: drill}
    spec:
      parentRefs: [{group: "", kind: Service, name: backend-1, port: 9001}]
      rules:
      - filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-version, value: "%d"}]}}]
        backendRefs: [{name: backend-1, port: 9001}]
    """
        .formatted(n);
  }

  private static void backends(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    List<EchoServer> servers = new ArrayList<>(stage.serve(EchoServer.TCP, EchoServer::echo));
    List<String> names = stage.names("backend-");
    List<OpenLoop.Pair> pairs = new ArrayList<>();
    for (String client : stage.names("client-")) {
      pairs.add(
          new OpenLoop.Pair(
              stage.source(client),
              "backends",
              Stage.at(mesh.service("backends"), EchoServer.TCP)));
    }
    OpenLoop warm = stage.load(new TcpExchange(), pairs, 100, 512);
    stage.pass(Duration.ofSeconds(3));
    warm.close();
    OpenLoop load = stage.load(new TcpExchange(), pairs, stage.rate(), 4096);
    for (int round = 0; round < stage.scaled(1, 5); round++) {
      for (int n = 0; n < names.size(); n++) {
        servers.get(n).stopAccepting();
        stage.note(names.get(n) + " refuses");
        stage.pass(Duration.ofSeconds(2));
        servers.set(
            n,
            stage.keep(
                EchoServer.start(stage.source(names.get(n)), EchoServer.TCP, EchoServer::echo)));
        stage.pass(Duration.ofMillis(200));
      }
    }
    stage.checkNoneFailed("new tunnels", stage.finish(load, "new tunnels"));
  }

  private static void slowReaders(Stage stage) throws Exception {
    WebLoad load = WebLoad.start(stage, pair -> !reads(pair));
    List<Long> before = resident(stage.mesh());
    int count = stage.scaled(100, 500);
    List<Socket> readers = new ArrayList<>();
    List<OpenLoop.Pair> pairs =
        stage.services(EchoServer.HTTP1).stream().filter(WaypointDrills::reads).toList();
    for (int n = 0; n < count; n++) {
      OpenLoop.Pair pair = pairs.get(n % pairs.size());
      Socket socket = pair.from().connect(pair.to(), Duration.ofSeconds(10));
      socket
          .getOutputStream()
          .write("GET /flood HTTP/1.1\r\nHost: echo\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      readers.add(socket);
    }
    stage.note(count + " do not read");
    stage.pass(stage.scaled(Duration.ofSeconds(12), Duration.ofMinutes(2)));
    List<Long> after = resident(stage.mesh());
    long worst = 0;
    for (int n = 0; n < before.size(); n++) worst = Math.max(worst, after.get(n) - before.get(n));
    load.finish("others", true);
    stage.check(
        "growth of a waypoint's memory",
        "<= 192 MB",
        (worst >> 20) + " MB for " + count + " readers",
        worst <= 192L << 20);
    for (Socket socket : readers) socket.close();
  }

  /** A node proxy lets those wait together who share an identity, so these have their own. */
  private static boolean reads(OpenLoop.Pair pair) {
    return pair.from().name().matches("client-[34]");
  }

  private static List<Long> resident(DrillMesh mesh) throws IOException {
    List<Long> sizes = new ArrayList<>();
    for (String name : waypoints(mesh).stream().sorted().toList()) {
      sizes.add(DrillMesh.resident(mesh.pod(name).pid()));
    }
    return sizes;
  }

  private static void slowloris(Stage stage) throws Exception {
    WebLoad load = WebLoad.start(stage);
    int count = stage.scaled(400, 2000);
    List<OpenLoop.Pair> pairs = stage.services(EchoServer.HTTP1);
    List<Source> sources = pairs.stream().map(OpenLoop.Pair::from).toList();
    List<Socket> slow = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      OpenLoop.Pair pair = pairs.get(n % pairs.size());
      Socket socket = sources.get(n % sources.size()).connect(pair.to(), Duration.ofSeconds(10));
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: ec".getBytes(StandardCharsets.US_ASCII));
      slow.add(socket);
    }
    stage.note(count + " send slowly");
    int ended = 0;
    for (int turn = 0; turn < stage.scaled(10, 60); turn++) {
      stage.pass(Duration.ofSeconds(1));
      for (Socket socket : List.copyOf(slow)) {
        try {
          socket.getOutputStream().write('x');
        } catch (IOException e) {
          ended++;
          slow.remove(socket);
        }
      }
    }
    load.finish("others", true);
    stage.figure("slow requests ended by the waypoint", ended + " of " + count);
    for (Socket socket : slow) socket.close();
  }

  private static void overload(Stage stage) throws Exception {
    DrillMesh mesh = stage.mesh();
    WebLoad first = WebLoad.start(stage);
    stage.pass(Duration.ofSeconds(1));
    first.finish("before", false);
    String name = waypoints(mesh).iterator().next();
    long pid = mesh.pod(name).pid();
    OpenLoop flood =
        stage.load(
            Http1Exchange.fresh(), stage.services(EchoServer.HTTP1), stage.rate() * 4, 16 * 1024);
    stage.pass(stage.scaled(Duration.ofSeconds(8), Duration.ofMinutes(1)));
    Tally.Summary sum = stage.finish(flood, "overload");
    stage.check("wrong answers", "0", sum.wrong(), sum.wrong() == 0);
    stage.figure(
        "answered under overload",
        "%.0f/s".formatted(sum.answered() / (double) stage.scaled(8, 60)));
    stage.pass(Duration.ofSeconds(2));
    stage.check(
        "the same waypoint serves",
        "process " + pid,
        mesh.pod(name).pid(),
        mesh.pod(name).pid() == pid);
    stage.figure("memory of the waypoint", (DrillMesh.resident(pid) >> 20) + " MB");
    WebLoad after = WebLoad.again(stage);
    stage.pass(Duration.ofSeconds(4));
    after.finish("after", true);
  }
}
