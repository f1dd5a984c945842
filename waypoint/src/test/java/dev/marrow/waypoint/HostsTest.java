package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 clients that say in a Host field, or not at all, whom they mean (RFC 9113 §8.3.1). */
@Timeout(60)
class HostsTest {
  @TempDir Path folder;

  private final Apps.Recorder app = new Apps.Recorder("app");

  private static String outcome(PlainWaypoint waypoint, String... more) throws Exception {
    String[] head = {":method", "GET", ":scheme", "http", ":path", "/"};
    String[] all = new String[head.length + more.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(more, 0, all, head.length, more.length);
    try (RawH2 client = new RawH2(waypoint.port("reviews"))) {
      client.frame(RawH2.HEADERS, RawH2.END_HEADERS | RawH2.END_STREAM, 1, RawH2.block(all));
      return client.outcome(1);
    }
  }

  @Test
  void aHostWithoutAnAuthorityIsJudgedAndPassedOn() throws Exception {
    String policy =
        ", \"policies\": [ { \"name\": \"shop/h\", \"action\": \"DENY\", \"rules\": [ { \"to\": [ { \"hosts\": [ { \"exact\": \"admin\" } ] } ] } ] } ]";
    try (PlainWaypoint waypoint =
        PlainWaypoint.of(folder, PlainWaypoint.port("HTTP1", "") + policy, app)) {
      assertThat(outcome(waypoint, "host", "Admin:80")).isEqualTo("status 403");
      assertThat(outcome(waypoint, "host", "shop")).isEqualTo("status 200");
      assertThat(app.seen.getFirst().header("host")).isEqualTo("shop");
    }
  }

  @Test
  void anAuthorizerIsAskedAboutARequestWithoutAnyHost() throws Exception {
    String policy =
        ", \"policies\": [ { \"name\": \"shop/c\", \"action\": \"CUSTOM\", \"rules\": [ {} ], \"provider\": { \"backend\": { \"namespace\": \"shop\", \"hostname\": \"authz\", \"port\": 80 } } } ]";
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", app)
            .serve("authz", Apps.saying("yes"))
            .rules("reviews", PlainWaypoint.port("HTTP1", "") + policy)
            .start()) {
      assertThat(outcome(waypoint)).startsWith("status ");
    }
  }
}
