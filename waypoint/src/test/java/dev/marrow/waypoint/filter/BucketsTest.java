package dev.marrow.waypoint.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.authorize.Caller;
import dev.marrow.waypoint.route.RateLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Token buckets when clients make up values of their keys. */
class BucketsTest {
  private static final int MOST = 100_000;
  private static final HeaderName USER = HeaderName.of("x-user");
  private static final Caller CALLER = Caller.unknown(InetAddress.ofLiteral("10.0.0.1"));
  private static final RateLimit ONE_AN_HOUR =
      new RateLimit.Local(
          "shop/one",
          1,
          Duration.ofHours(1),
          1,
          List.of(new RateLimit.Key.Header(USER)),
          List.of());

  private final AtomicLong now = new AtomicLong();
  private final Buckets buckets = new Buckets(now::get);

  private boolean passes(String user) {
    return buckets.take(List.of(ONE_AN_HOUR), new Headers().add(USER, user), CALLER, "");
  }

  private void invent(int keys) {
    for (int i = 0; i < keys; i++) {
      passes("made-up-" + i);
    }
  }

  @Test
  void whoInventsKeysGivesNobodyANewBucket() {
    assertThat(passes("anna")).isTrue();

    invent(MOST + 10);

    assertThat(passes("anna")).isFalse();
  }

  @Test
  void keysThatAreTooManyShareABucket() {
    invent(MOST);

    assertThat(passes("anna")).isTrue();
    assertThat(passes("ben")).isFalse();
  }

  @Test
  void bucketsThatAreFullAgainMakeRoom() {
    invent(MOST);
    now.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(passes("anna")).isTrue();
    assertThat(passes("ben")).isTrue();
    assertThat(passes("anna")).isFalse();
  }
}
