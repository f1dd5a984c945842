package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Authorizers outside of the mesh's own policies: grpc-java's server with Envoy's messages, and
 * HTTP.
 */
@Timeout(60)
class ExternalAuthorizationTest {
  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");

  /** Lets pass what says so in a header, and says who. */
  private static class Authorizer extends AuthorizationGrpc.AuthorizationImplBase {
    final List<CheckRequest> asked = new CopyOnWriteArrayList<>();

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
      asked.add(request);
      var http = request.getAttributes().getRequest().getHttp();
      boolean good = http.getHeadersOrDefault("x-let-me", "").equals("pass");
      answer.onNext(good ? yes() : no());
      answer.onCompleted();
    }

    static CheckResponse yes() {
      return CheckResponse.newBuilder()
          .setStatus(com.google.rpc.Status.newBuilder())
          .setOkResponse(
              OkHttpResponse.newBuilder()
                  .addHeaders(header("x-user", "anna"))
                  .addHeaders(header("x-list", "two").setAppend(BoolValue.of(true)))
                  .addHeadersToRemove("x-secret")
                  .addResponseHeadersToAdd(header("x-checked", "yes")))
          .build();
    }

    private static CheckResponse no() {
      return CheckResponse.newBuilder()
          .setStatus(com.google.rpc.Status.newBuilder().setCode(7))
          .setDeniedResponse(
              DeniedHttpResponse.newBuilder()
                  .setStatus(HttpStatus.newBuilder().setCode(StatusCode.PaymentRequired))
                  .addHeaders(header("x-why", "poor"))
                  .setBody("pay first"))
          .build();
    }

    private static HeaderValueOption.Builder header(String name, String value) {
      return HeaderValueOption.newBuilder()
          .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
    }
  }

  private static String custom(String provider) {
    return PlainWaypoint.port("HTTP1", "")
        + """
        , "policies": [ { "name": "shop/ext", "action": "CUSTOM",
            "rules": [ { "to": [ { "paths": [ { "prefix": "/checked" } ] } ] } ],
            "provider": { "backend": { "namespace": "shop", "hostname": "authz", "port": 80 }, %s } } ]
        """
            .formatted(provider);
  }

  private PlainWaypoint withGrpc(Authorizer authorizer, String more) throws Exception {
    return withGrpcAndRules(authorizer, custom("\"grpc\": true, \"timeout\": \"2s\"" + more));
  }

  private PlainWaypoint withGrpcAndRules(Authorizer authorizer, String rules) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(PlainWaypoint.loopback())
            .addService(authorizer)
            .build()
            .start();
    return new PlainWaypoint(folder)
        .serve("reviews", app)
        .rules("reviews", rules)
        .endpoint("authz", (InetSocketAddress) server.getListenSockets().getFirst())
        .rules("authz", "\"ports\": [ { \"port\": 80, \"protocol\": \"GRPC\" } ]")
        .owning(server::shutdownNow)
        .start();
  }

  @Test
  void aGrpcAuthorizerAgreesAndChangesHeaders() throws Exception {
    Authorizer authorizer = new Authorizer();
    try (PlainWaypoint waypoint = withGrpc(authorizer, "")) {
      var response =
          waypoint.get("/checked?a=b", "x-let-me", "pass", "x-secret", "s", "x-list", "one");

      var http = authorizer.asked.getFirst().getAttributes().getRequest().getHttp();
      assertThat(http.getMethod()).isEqualTo("GET");
      assertThat(http.getPath()).isEqualTo("/checked?a=b");
      assertThat(http.getHost()).startsWith("127.0.0.1:");
      assertThat(http.getHeadersOrThrow("x-secret")).isEqualTo("s");
      assertThat(response.body()).isEqualTo("app");
      assertThat(response.headers().firstValue("x-checked")).contains("yes");
      assertThat(app.seen.getFirst().header("x-user")).isEqualTo("anna");
      assertThat(app.seen.getFirst().header("x-list")).isIn("one,two", "two,one");
      assertThat(app.seen.getFirst().header("x-secret")).isEmpty();
    }
  }

  @Test
  void aGrpcAuthorizerRefusesInItsOwnWords() throws Exception {
    try (PlainWaypoint waypoint = withGrpc(new Authorizer(), "")) {
      var response = waypoint.get("/checked");

      assertThat(response.statusCode()).isEqualTo(402);
      assertThat(response.body()).isEqualTo("pay first");
      assertThat(response.headers().firstValue("x-why")).contains("poor");
      assertThat(waypoint.get("/free").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aGrpcAuthorizerSeesEveryFieldOfAName() throws Exception {
    Authorizer authorizer = new Authorizer();
    try (PlainWaypoint waypoint = withGrpc(authorizer, "")) {
      waypoint.get(
          "/checked", "x-role", "admin", "x-role", "guest", "cookie", "a=b", "cookie", "c");

      var http = authorizer.asked.getFirst().getAttributes().getRequest().getHttp();
      assertThat(http.getHeadersOrThrow("x-role")).isEqualTo("admin,guest");
      assertThat(http.getHeadersOrThrow("cookie")).isEqualTo("a=b; c");
    }
  }

  @Test
  void aGrpcAuthorizerSendsToALoginWithAllItsCookies() throws Exception {
    Authorizer login =
        new Authorizer() {
          @Override
          public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
            answer.onNext(toLogin());
            answer.onCompleted();
          }
        };
    try (PlainWaypoint waypoint = withGrpc(login, "")) {
      var response = waypoint.get("/checked");

      assertThat(response.statusCode()).isEqualTo(302);
      assertThat(response.headers().firstValue("location")).contains("http://login/");
      assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
    }
  }

  private static CheckResponse toLogin() {
    return CheckResponse.newBuilder()
        .setStatus(com.google.rpc.Status.newBuilder().setCode(16))
        .setDeniedResponse(
            DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(StatusCode.Found))
                .addHeaders(Authorizer.header("location", "http://login/"))
                .addHeaders(Authorizer.header("set-cookie", "a=1"))
                .addHeaders(Authorizer.header("set-cookie", "b=2").setAppend(BoolValue.of(true))))
        .build();
  }

  @Test
  void anHttpAuthorizersCookiesAllReachTheClient() throws Exception {
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", app)
            .rules("reviews", custom("\"timeout\": \"2s\""))
            .serve(
                "authz",
                exchange -> {
                  exchange.getResponseHeaders().put("set-cookie", List.of("a=1", "b=2"));
                  Apps.answer(exchange, 401, "");
                  exchange.close();
                })
            .start()) {
      assertThat(waypoint.get("/checked").headers().allValues("set-cookie"))
          .containsExactlyInAnyOrder("a=1", "b=2");
    }
  }

  @Test
  void aFilterOfABackendAsksForThatBackendOnly() throws Exception {
    Apps.Recorder asked = new Apps.Recorder("");
    String backend =
        "{ \"weight\": %d, \"backend\": { \"namespace\": \"shop\", \"hostname\": \"reviews\", \"port\": 80 } %s }";
    String filters =
        ", \"filters\": [ { \"externalAuthorization\": { \"backend\": { \"namespace\": \"shop\", \"hostname\": \"authz\", \"port\": 80 } } } ]";
    for (int weight : new int[] {0, 1}) {
      String backends =
          backend.formatted(1 - weight, "") + ", " + backend.formatted(weight, filters);
      try (PlainWaypoint waypoint =
          new PlainWaypoint(folder)
              .serve("reviews", app)
              .serve("authz", asked)
              .rules(
                  "reviews",
                  "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\", \"routed\": true, \"httpRules\": [ { \"route\": \"shop/r\", \"backends\": [ "
                      + backends
                      + " ] } ] } ]")
              .start()) {
        assertThat(waypoint.get("/").statusCode()).isEqualTo(200);
        assertThat(asked.seen).hasSize(weight);
      }
    }
  }

  @Test
  void theAuthorizerOfABackendsFilterRefuses() throws Exception {
    String rule =
        "\"backends\": [ { \"weight\": 1, \"backend\": { \"namespace\": \"shop\", \"hostname\": \"reviews\", \"port\": 80 }, \"filters\": [ { \"externalAuthorization\": { \"grpc\": true, \"backend\": { \"namespace\": \"shop\", \"hostname\": \"authz\", \"port\": 80 } } } ] } ]";
    String port =
        "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\", \"routed\": true, \"httpRules\": [ { \"route\": \"shop/r\", "
            + rule
            + " } ] } ]";
    try (PlainWaypoint waypoint = withGrpcAndRules(new Authorizer(), port)) {
      assertThat(waypoint.get("/").statusCode()).isEqualTo(402);
      assertThat(app.seen).isEmpty();
      assertThat(waypoint.get("/", "x-let-me", "pass").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aGrpcAuthorizerSeesNoOtherHeadersThanItsFilterNames() throws Exception {
    Authorizer authorizer = new Authorizer();
    try (PlainWaypoint waypoint =
        withGrpc(authorizer, ", \"forwardRequestHeaders\": [ \"X-Let-Me\" ]")) {
      var response = waypoint.get("/checked", "x-let-me", "pass", "cookie", "secret");

      var http = authorizer.asked.getFirst().getAttributes().getRequest().getHttp();
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(http.getHeadersMap()).containsKey("x-let-me").doesNotContainKey("cookie");
    }
  }

  @Test
  void theBodyIsShownUpToItsLimitAndStillArrivesWhole() throws Exception {
    Authorizer authorizer = new Authorizer();
    try (PlainWaypoint waypoint =
        withGrpc(authorizer, ", \"maxBodyBytes\": 1000, \"allowPartialBody\": true")) {
      String body = "0123456789".repeat(30_000);

      assertThat(waypoint.send("POST", "/checked", "short", "x-let-me", "pass").statusCode())
          .isEqualTo(200);
      assertThat(waypoint.send("POST", "/checked", body, "x-let-me", "pass").statusCode())
          .isEqualTo(200);

      assertThat(shown(authorizer, 0)).isEqualTo("short");
      assertThat(shown(authorizer, 1)).isEqualTo(body.substring(0, 1000));
      assertThat(app.seen.get(1).body()).isEqualTo(body);
    }
  }

  private static String shown(Authorizer authorizer, int index) {
    return authorizer.asked.get(index).getAttributes().getRequest().getHttp().getBody();
  }

  @Test
  void aBodyThatCannotBeShownWholeGets413() throws Exception {
    try (PlainWaypoint waypoint = withGrpc(new Authorizer(), ", \"maxBodyBytes\": 1000")) {
      var response = waypoint.send("POST", "/checked", "x".repeat(5000), "x-let-me", "pass");

      assertThat(response.statusCode()).isEqualTo(413);
      assertThat(app.seen).isEmpty();
    }
  }

  @Test
  void withoutAnAnswerTheRequestIsRefusedOrAsTheProviderSays() throws Exception {
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", 1);
    for (boolean open : new boolean[] {false, true}) {
      try (PlainWaypoint waypoint =
          new PlainWaypoint(folder)
              .serve("reviews", app)
              .rules(
                  "reviews", custom("\"grpc\": true, \"timeout\": \"1s\", \"failOpen\": " + open))
              .endpoint("authz", nobody)
              .start()) {
        assertThat(waypoint.get("/checked").statusCode()).isEqualTo(open ? 200 : 403);
      }
    }
  }

  @Test
  void anHttpAuthorizerAnswersWithStatusAndHeaders() throws Exception {
    Apps.Recorder asked = new Apps.Recorder("");
    String provider =
        "\"pathPrefix\": \"/verify\", \"timeout\": \"2s\", \"forwardRequestHeaders\": [\"x-a\"], \"forwardResponseHeaders\": [\"x-user\"]";
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", app)
            .rules("reviews", custom(provider))
            .serve(
                "authz",
                exchange -> {
                  boolean good = "pass".equals(exchange.getRequestHeaders().getFirst("x-a"));
                  exchange.getResponseHeaders().set(good ? "x-user" : "location", "http://login/");
                  if (good) {
                    asked.handle(exchange);
                  } else {
                    Apps.answer(exchange, 302, "");
                    exchange.close();
                  }
                })
            .start()) {
      assertThat(waypoint.get("/checked/x?y", "x-a", "pass", "x-b", "c").statusCode())
          .isEqualTo(200);
      var refused = waypoint.get("/checked");

      assertThat(asked.seen.getFirst().path()).isEqualTo("/verify/checked/x?y");
      assertThat(asked.seen.getFirst().header("x-b")).isEmpty();
      assertThat(app.seen.getFirst().header("x-user")).isEqualTo("http://login/");
      assertThat(refused.statusCode()).isEqualTo(302);
      assertThat(refused.headers().firstValue("location")).contains("http://login/");
    }
  }

  @Test
  void anAnswerWhoseCallFailedIsNone() throws Exception {
    Authorizer breaks =
        new Authorizer() {
          @Override
          public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
            answer.onNext(yes());
            answer.onError(io.grpc.Status.UNAVAILABLE.asException());
          }
        };
    try (PlainWaypoint waypoint = withGrpc(breaks, "")) {
      assertThat(waypoint.get("/checked", "x-let-me", "pass").statusCode()).isEqualTo(403);
      assertThat(app.seen).isEmpty();
    }
  }

  @Test
  void ofSeveralFiltersThatAskEachHasToAgree() throws Exception {
    String filter =
        "{ \"externalAuthorization\": { \"backend\": { \"namespace\": \"shop\", \"hostname\": \"%s\", \"port\": 80 } } }";
    String both =
        "\"filters\": [ " + filter.formatted("strict") + ", " + filter.formatted("lax") + " ]";
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", app)
            .serve(
                "strict",
                exchange -> {
                  Apps.answer(exchange, 403, "no");
                  exchange.close();
                })
            .serve("lax", Apps.saying("yes"))
            .rules("reviews", PlainWaypoint.port("HTTP1", both))
            .start()) {
      assertThat(waypoint.get("/").statusCode()).isEqualTo(403);
      assertThat(app.seen).isEmpty();
    }
  }
}
