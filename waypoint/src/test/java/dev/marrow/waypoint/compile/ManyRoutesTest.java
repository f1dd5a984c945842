package dev.marrow.waypoint.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.Headers;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.HttpBackend;
import dev.marrow.proto.waypoint.HttpMatch;
import dev.marrow.proto.waypoint.HttpRule;
import dev.marrow.proto.waypoint.Port;
import dev.marrow.proto.waypoint.ServiceTarget;
import dev.marrow.proto.waypoint.StringMatch;
import dev.marrow.waypoint.route.Requests;
import dev.marrow.waypoint.route.RouteTable;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A destination with ten thousand routes: loaded in a second or two, and matched as one of ten. */
class ManyRoutesTest {
  private static RouteTable table(int rules) {
    Port.Builder port = Port.newBuilder().setPort(80).setRouted(true);
    for (int i = 0; i < rules; i++) {
      StringMatch path = StringMatch.newBuilder().setPrefix("/api/v1/tenant-" + i).build();
      port.addHttpRules(
          HttpRule.newBuilder()
              .setRoute("shop/r" + i)
              .addMatches(HttpMatch.newBuilder().setPath(path))
              .addBackends(
                  HttpBackend.newBuilder()
                      .setWeight(1)
                      .setBackend(
                          Backend.newBuilder()
                              .setNamespace("shop")
                              .setHostname("web")
                              .setPort(80))));
    }
    Destination destination =
        Destination.newBuilder()
            .setService(ServiceTarget.newBuilder().setNamespace("shop").setHostname("web"))
            .addPorts(port)
            .build();
    return Objects.requireNonNull(DestinationCompiler.compile(destination).port(80)).routes();
  }

  private static long nanosPerMatch(RouteTable table, int rules) {
    Headers[] requests = new Headers[100];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = Requests.request("GET", "/api/v1/tenant-" + i * 7919 % rules + "/orders/17");
    }
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 30; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < 2000; i++) {
        if (table.match(requests[i % requests.length]) == null) {
          throw new AssertionError("no rule");
        }
      }
      best = Math.min(best, (System.nanoTime() - start) / 2000);
    }
    return best;
  }

  @Test
  void tenThousandRulesLoadFastAndMatchByPathNotByNumber() {
    RouteTable few = table(10);
    long start = System.nanoTime();
    RouteTable many = table(10_000);
    Duration loading = Duration.ofNanos(System.nanoTime() - start);

    long ofFew = nanosPerMatch(few, 10);
    long ofMany = nanosPerMatch(many, 10_000);

    System.out.printf("10,000 rules: %s; a match %d ns, of ten %d ns%n", loading, ofMany, ofFew);
    assertThat(loading).isLessThan(Duration.ofSeconds(5));
    assertThat(ofMany).isLessThan(10 * ofFew + 500);
  }
}
