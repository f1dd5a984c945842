package dev.marrow.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.controlplane.authority.Authentication;
import dev.marrow.controlplane.authority.Authentication.Known;
import dev.marrow.controlplane.authority.Authentication.Refused;
import dev.marrow.controlplane.authority.Caller;
import dev.marrow.controlplane.authority.Refusal;
import dev.marrow.identity.TestClock;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TokenReviewsTest {
  private static final String REVIEWS = "tokenreviews";
  private static final String GOOD =
      """
      {"authenticated": true, "audiences": ["istio-ca"], "user": {
        "username": "system:serviceaccount:marrow-system:ztunnel", "extra": {
          "authentication.kubernetes.io/pod-name": ["ztunnel-1"],
          "authentication.kubernetes.io/pod-uid": ["u-1"],
          "authentication.kubernetes.io/node-name": ["n1"]}}}
      """;

  private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
  private FakeApiServer fake;
  private ApiServer server;
  private TokenReviews reviews;

  @BeforeEach
  void start() throws Exception {
    fake = FakeApiServer.start("/api/v1/secrets");
    server = ApiServer.at(fake.url());
    reviews = new TokenReviews(server, "istio-ca", key -> Optional.empty(), clock);
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  @Test
  void aGoodTokenTellsWhoseItIsAndIsAskedAboutOnceAMinute() {
    says(GOOD);

    assertThat(reviews.verify("token"))
        .isEqualTo(
            new Known(
                new Caller(
                    "marrow-system",
                    "ztunnel",
                    Optional.of(new Caller.Place("ztunnel-1", "u-1", "n1")))));
    reviews.verify("token");
    assertThat(fake.count("POST", REVIEWS)).isEqualTo(1);

    clock.advance(Duration.ofMinutes(1));
    reviews.verify("token");
    assertThat(fake.count("POST", REVIEWS)).isEqualTo(2);
  }

  @Test
  void anExpiredTokenIsRefusedWithTheServersWordsAndItsSuccessorIsNot() {
    says(GOOD);
    reviews.verify("token");
    clock.advance(Duration.ofMinutes(1));
    says("{\"authenticated\": false, \"error\": \"token has expired\"}");

    assertThat(reviews.verify("token"))
        .isEqualTo(new Refused(Refusal.TOKEN_REVIEW, "token has expired"));

    says(GOOD);
    assertThat(reviews.verify("the next one")).isInstanceOf(Known.class);
  }

  @Test
  void aRefusalIsNotRememberedForLong() {
    says("{\"authenticated\": false, \"error\": \"token used before issued\"}");
    assertThat(reviews.verify("token")).isInstanceOf(Refused.class);
    says(GOOD);
    assertThat(reviews.verify("token")).isInstanceOf(Refused.class);

    clock.advance(Duration.ofSeconds(5));

    assertThat(reviews.verify("token")).isInstanceOf(Known.class);
  }

  @ParameterizedTest
  @CsvSource({"401", "403", "429", "500", "503"})
  void whileNobodyCanBeAskedKnownTokensCountForTenMinutesAndOthersAreToTryAgain(int code) {
    says(GOOD);
    reviews.verify("known");
    fake.faults(request -> Optional.of(Fault.code(code)));

    clock.advance(Duration.ofMinutes(9));
    assertThat(reviews.verify("known")).isInstanceOf(Known.class);
    assertThat(reason(reviews.verify("new"))).isEqualTo(Refusal.TOKEN_REVIEW_UNAVAILABLE);
    clock.advance(Duration.ofMinutes(1));
    assertThat(reason(reviews.verify("known"))).isEqualTo(Refusal.TOKEN_REVIEW_UNAVAILABLE);
  }

  @Test
  void whoWasRefusedIsNotLetInWhileNobodyCanBeAsked() {
    says("{\"authenticated\": false}");
    reviews.verify("token");
    fake.faults(request -> Optional.of(Fault.code(503)));
    clock.advance(Duration.ofSeconds(5));

    assertThat(reviews.verify("token")).isInstanceOf(Refused.class);
  }

  @Test
  void tokensOfOthersAreRefusedEachWithItsReason() {
    says(GOOD.replace("[\"istio-ca\"]", "[]"));
    assertThat(reason(reviews.verify("a"))).isEqualTo(Refusal.TOKEN_AUDIENCE);
    says(GOOD.replace("system:serviceaccount:marrow-system:ztunnel", "system:node:n1"));
    assertThat(reason(reviews.verify("b"))).isEqualTo(Refusal.TOKEN_SUBJECT);
    assertThat(reason(reviews.verify(""))).isEqualTo(Refusal.TOKEN_MALFORMED);
    assertThat(reason(reviews.verify("x".repeat(17 << 10)))).isEqualTo(Refusal.TOKEN_MALFORMED);
  }

  private void says(String status) {
    var answer = JsonMapper.shared().readTree("{\"status\": " + status + "}");
    fake.answers(
        request -> request.path().endsWith(REVIEWS) ? Optional.of(answer) : Optional.empty());
  }

  private static Refusal reason(Authentication answer) {
    return ((Refused) answer).reason();
  }
}
