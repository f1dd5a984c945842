package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Limits that a rate-limit service counts: grpc-java's server with Envoy's messages and, where the
 * programs are at hand, Envoy's own service over a real Redis.
 */
@Timeout(60)
class GlobalRateLimitTest {
  @TempDir Path folder;

  /** Admits three requests per descriptor. */
  private static final class Limiter extends RateLimitServiceGrpc.RateLimitServiceImplBase {
    final List<RateLimitRequest> asked = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<RateLimitDescriptor, AtomicInteger> counts =
        new ConcurrentHashMap<>();

    @Override
    public void shouldRateLimit(
        RateLimitRequest request, StreamObserver<RateLimitResponse> answer) {
      asked.add(request);
      boolean over =
          request.getDescriptorsList().stream()
              .anyMatch(
                  d -> counts.computeIfAbsent(d, k -> new AtomicInteger()).incrementAndGet() > 3);
      answer.onNext(
          RateLimitResponse.newBuilder()
              .setOverallCode(over ? RateLimitResponse.Code.OVER_LIMIT : RateLimitResponse.Code.OK)
              .addResponseHeadersToAdd(
                  HeaderValue.newBuilder().setKey("x-limit").setValue(over ? "over" : "ok"))
              .build());
      answer.onCompleted();
    }
  }

  private static String limited(String more) {
    return PlainWaypoint.port(
        "HTTP1",
        """
        "rateLimits": [ { "name": "per-user", "per": [ "request.header:x-user" ],
          "global": { "service": { "namespace": "shop", "hostname": "limiter", "port": 80 },
                      "domain": "shop", "timeout": "2s" %s } } ]
        """
            .formatted(more));
  }

  private PlainWaypoint waypoint(InetSocketAddress limiter, String more) throws Exception {
    return new PlainWaypoint(folder)
        .serve("reviews", Apps.saying("app"))
        .rules("reviews", limited(more))
        .endpoint("limiter", limiter)
        .rules("limiter", "\"ports\": [ { \"port\": 80, \"protocol\": \"GRPC\" } ]")
        .start();
  }

  @Test
  void theServiceCountsPerUserAndItsHeadersReachTheClient() throws Exception {
    Limiter limiter = new Limiter();
    Server server =
        NettyServerBuilder.forAddress(PlainWaypoint.loopback()).addService(limiter).build().start();
    try (PlainWaypoint waypoint =
        waypoint((InetSocketAddress) server.getListenSockets().getFirst(), "")) {
      for (int i = 0; i < 3; i++) {
        var response = waypoint.get("/", "x-user", "anna");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-limit")).contains("ok");
      }
      var over = waypoint.get("/", "x-user", "anna");

      assertThat(over.statusCode()).isEqualTo(429);
      assertThat(over.headers().firstValue("x-envoy-ratelimited")).contains("true");
      assertThat(over.headers().firstValue("x-limit")).contains("over");
      assertThat(waypoint.get("/", "x-user", "ben").statusCode()).isEqualTo(200);
      assertThat(limiter.asked.getFirst().getDomain()).isEqualTo("shop");
      assertThat(limiter.asked.getFirst().getDescriptors(0).getEntriesList())
          .extracting(e -> e.getKey() + "=" + e.getValue())
          .containsExactly("generic_key=per-user", "x-user=anna");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void aRequestWithoutTheKeyIsNotCounted() throws Exception {
    try (PlainWaypoint waypoint = waypoint(new InetSocketAddress("127.0.0.1", 1), "")) {
      assertThat(waypoint.get("/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withoutAnAnswerRequestsGet500OrPassAsTheLimitSays() throws Exception {
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", 1);
    try (PlainWaypoint waypoint = waypoint(nobody, "")) {
      assertThat(waypoint.get("/", "x-user", "anna").statusCode()).isEqualTo(500);
    }
    try (PlainWaypoint waypoint = waypoint(nobody, ", \"failOpen\": true")) {
      assertThat(waypoint.get("/", "x-user", "anna").statusCode()).isEqualTo(200);
      assertThat(waypoint.metrics()).contains("rate_limit_unanswered");
    }
  }

  @Test
  void anAnswerWhoseCallFailedIsNone() throws Exception {
    var breaks =
        new RateLimitServiceGrpc.RateLimitServiceImplBase() {
          @Override
          public void shouldRateLimit(
              RateLimitRequest request, StreamObserver<RateLimitResponse> answer) {
            answer.onNext(
                RateLimitResponse.newBuilder()
                    .setOverallCode(RateLimitResponse.Code.OVER_LIMIT)
                    .build());
            answer.onError(io.grpc.Status.UNAVAILABLE.asException());
          }
        };
    Server server =
        NettyServerBuilder.forAddress(PlainWaypoint.loopback()).addService(breaks).build().start();
    InetSocketAddress address = (InetSocketAddress) server.getListenSockets().getFirst();
    for (boolean open : new boolean[] {false, true}) {
      try (PlainWaypoint waypoint = waypoint(address, ", \"failOpen\": " + open)) {
        assertThat(waypoint.get("/", "x-user", "anna").statusCode()).isEqualTo(open ? 200 : 500);
      }
    }
    server.shutdownNow();
  }

  /** Needs {@code redis-server} and, as {@code -Dratelimit.server}, Envoy's rate-limit service. */
  @Test
  void envoysOwnServiceOverRedisCountsToo() throws Exception {
    String program = System.getProperty("ratelimit.server", "");
    Path redis = Path.of("/usr/bin/redis-server");
    Assumptions.assumeTrue(!program.isEmpty() && Files.isExecutable(redis));
    int redisPort = free();
    int grpcPort = free();
    Process database = run(folder, redis.toString(), "--port", "" + redisPort, "--save", "");
    Process limiter = envoysService(program, redisPort, grpcPort);
    try (PlainWaypoint waypoint = waypoint(new InetSocketAddress("127.0.0.1", grpcPort), "")) {
      PlainWaypoint.await(() -> open(grpcPort));
      int passed = 0;
      for (int i = 0; i < 10; i++) {
        passed += waypoint.get("/", "x-user", "anna").statusCode() == 200 ? 1 : 0;
      }
      assertThat(passed).isEqualTo(5);
      assertThat(waypoint.get("/", "x-user", "ben").statusCode()).isEqualTo(200);
    } finally {
      limiter.destroy();
      database.destroy();
    }
  }

  private Process envoysService(String program, int redisPort, int grpcPort) throws Exception {
    Path config = Files.createDirectories(folder.resolve("runtime/ratelimit/config"));
    Files.writeString(
        config.resolve("shop.yaml"),
        """
        domain: shop
        descriptors:
          - key: generic_key
            value: per-user
            descriptors:
              - key: x-user
                rate_limit: { unit: hour, requests_per_unit: 5 }
        """);
    ProcessBuilder builder = new ProcessBuilder(program);
    builder
        .environment()
        .putAll(
            java.util.Map.of(
                "USE_STATSD",
                "false",
                "LOG_LEVEL",
                "warn",
                "REDIS_SOCKET_TYPE",
                "tcp",
                "REDIS_URL",
                "127.0.0.1:" + redisPort,
                "RUNTIME_ROOT",
                folder.resolve("runtime").toString(),
                "RUNTIME_SUBDIRECTORY",
                "ratelimit",
                "RUNTIME_WATCH_ROOT",
                "false",
                "GRPC_PORT",
                "" + grpcPort,
                "PORT",
                "" + free(),
                "DEBUG_PORT",
                "" + free()));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("rls.log").toFile())
        .start();
  }

  private static Process run(Path folder, String... command) throws Exception {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("program.log").toFile())
        .start();
  }

  private static int free() throws Exception {
    try (var socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean open(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
