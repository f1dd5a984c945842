package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subsets, ports and localities with rules of their own (DestinationRule). */
@Timeout(60)
class TrafficPartsTest {
  private static final String PORT =
      "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\" } ], \"traffic\": { ";

  @TempDir Path folder;

  private PlainWaypoint waypoint(String subset, String traffic) throws Exception {
    String backend =
        "\"backends\": [ { \"weight\": 1, \"backend\": { \"namespace\": \"shop\", \"hostname\":"
            + " \"reviews\", \"port\": 80, \"subset\": \"%s\" } } ]";
    String rules =
        "\"ports\": [ { \"port\": 80, \"protocol\": \"HTTP1\", \"routed\": true, \"httpRules\": [ {"
            + " \"route\": \"shop/r\", \"session\": { \"name\": \"stay\" }, "
            + backend.formatted(subset)
            + " } ] } ], \"traffic\": { "
            + traffic
            + " }";
    PlainWaypoint waypoint = new PlainWaypoint(folder);
    for (int i = 0; i < 3; i++) {
      HttpHandler app = i == 2 ? Apps.saying("c") : Apps.saying(i == 0 ? "a" : "b");
      waypoint.serve("reviews", app);
      waypoint.labelled("reviews", i, "locality: { region: eu, zone: z" + i + " }");
    }
    return waypoint.rules("reviews", rules).start();
  }

  private static Map<String, Integer> answers(PlainWaypoint waypoint, int count) throws Exception {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < count; i++) {
      answers.merge(waypoint.get("/").body(), 1, Integer::sum);
    }
    return answers;
  }

  @Test
  void aListedSubsetIsTheseWorkloads() throws Exception {
    String subsets =
        "\"subsets\": { \"s\": { \"listed\": true, \"workloads\": [ \"c//Pod/shop/reviews-0\","
            + " \"c//Pod/shop/reviews-2\" ] } }";
    try (PlainWaypoint waypoint = waypoint("s", subsets)) {
      assertThat(answers(waypoint, 40)).containsOnlyKeys("a", "c");
    }
  }

  @Test
  void aSubsetWithoutWorkloadsHasNoEndpoint() throws Exception {
    try (PlainWaypoint waypoint = waypoint("s", "\"subsets\": { \"s\": { \"listed\": true } }")) {
      assertThat(waypoint.get("/").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void aSessionLeadsNobodyOutOfTheSubset() throws Exception {
    String subsets =
        "\"subsets\": { \"s\": { \"listed\": true, \"workloads\": [ \"c//Pod/shop/reviews-1\" ] } }";
    String cookie =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("c//Pod/shop/reviews-0".getBytes(StandardCharsets.UTF_8));
    try (PlainWaypoint waypoint = waypoint("s", subsets)) {
      for (int i = 0; i < 5; i++) {
        assertThat(waypoint.get("/", "cookie", "stay=" + cookie).body()).isEqualTo("b");
      }
    }
  }

  @Test
  void aPortHasRulesOfItsOwn() throws Exception {
    String traffic =
        "\"loadBalancer\": { \"algorithm\": \"RING_HASH\", \"hashKey\": { \"sourceIp\": true } },"
            + " \"ports\": { \"80\": { \"loadBalancer\": { \"algorithm\": \"ROUND_ROBIN\" } } }";
    try (PlainWaypoint waypoint = waypoint("", traffic)) {
      assertThat(answers(waypoint, 30)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
    }
  }

  @Test
  void sharesOfLocalitiesAreKept() throws Exception {
    String traffic =
        "\"loadBalancer\": { \"distribute\": [ { \"from\": \"us/*\", \"to\": { \"eu/z2/*\": 100 }"
            + " }, { \"from\": \"*\", \"to\": { \"eu/z0/*\": 80, \"eu/z1\": 20, \"asia\": 0 } } ]"
            + " }";
    try (PlainWaypoint waypoint = waypoint("", traffic)) {
      Map<String, Integer> answers = answers(waypoint, 200);

      assertThat(answers).containsOnlyKeys("a", "b");
      assertThat(answers.get("a")).isBetween(130, 190);
    }
  }

  @Test
  void aRegionThatIsNamedTakesOverBeforeTheOthers() throws Exception {
    String traffic =
        "\"loadBalancer\": { \"failoverRegions\": { \"us\": \"eu\" }, \"algorithm\":"
            + " \"ROUND_ROBIN\" }";
    try (PlainWaypoint waypoint = new PlainWaypoint(folder).locality("region: us, zone: a")) {
      inRegion(waypoint, 0, "asia", "far");
      inRegion(waypoint, 1, "eu", "next");
      waypoint.rules("reviews", PORT + traffic + " }").start();

      assertThat(answers(waypoint, 20)).containsOnlyKeys("next");
    }
  }

  @Test
  void theOwnRegionIsTakenBeforeTheOneThatTakesOver() throws Exception {
    String traffic = "\"loadBalancer\": { \"failoverRegions\": { \"us\": \"eu\" } }";
    try (PlainWaypoint waypoint = new PlainWaypoint(folder).locality("region: us, zone: a")) {
      inRegion(waypoint, 0, "eu", "next");
      inRegion(waypoint, 1, "us", "own");
      waypoint.rules("reviews", PORT + traffic + " }").start();

      assertThat(answers(waypoint, 20)).containsOnlyKeys("own");
    }
  }

  private static void inRegion(PlainWaypoint waypoint, int index, String region, String says)
      throws Exception {
    waypoint
        .serve("reviews", Apps.saying(says))
        .labelled("reviews", index, "locality: { region: " + region + " }");
  }
}
