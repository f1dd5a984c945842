package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TestClock;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.Issued;
import dev.marrow.identity.issue.Issue.NotIssued;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IssuedCertificatesTest {
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/shop");
  private static final SpiffeId CART = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/cart");
  private static final SpiffeId FEED = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/feed");

  private final TestClock clock = TestClock.noon();
  private final TestTimer timer = new TestTimer(clock);
  private final FakeIssuer issuer = new FakeIssuer();
  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final IssuedCertificates certificates = certificates(IssueSettings.DEFAULT);

  @Test
  void aCertificateIsFetchedOnceForAllWhoAsk() {
    CompletionStage<WorkloadCertificate> first = certificates.certificate(SHOP);
    CompletionStage<WorkloadCertificate> second = certificates.certificate(SHOP);

    runThreads();

    assertThat(id(first)).isEqualTo(SHOP);
    assertThat(second.toCompletableFuture().join()).isSameAs(first.toCompletableFuture().join());
    assertThat(issuer.asked).containsExactly(SHOP);
    assertThat(certificates.current(SHOP)).isPresent();
  }

  @Test
  void whoAsksAnewWhileAForgottenOneIsBeingFetchedIsServed() {
    List<CompletionStage<WorkloadCertificate>> anew = new ArrayList<>();
    certificates.onRenewed(fetched -> {
      if (anew.isEmpty()) {
        // A pod goes, and its successor comes before the fetch is over.
        certificates.forget(SHOP);
        anew.add(certificates.certificate(SHOP));
      }
    });

    certificates.certificate(SHOP);
    runThreads();

    assertThat(anew.getFirst().toCompletableFuture()).isCompleted();
  }

  @Test
  void itIsRenewedAroundHalfOfItsLife() {
    fetched(SHOP);
    List<WorkloadCertificate> renewed = new ArrayList<>();
    certificates.onRenewed(renewed::add);

    assertThat(timer.untilNext()).isBetween(Duration.ofMinutes(26), Duration.ofMinutes(33));
    timer.advance(Duration.ofMinutes(33));
    runThreads();

    assertThat(issuer.asked).containsExactly(SHOP, SHOP);
    assertThat(renewed).hasSize(1).first().isEqualTo(certificates.current(SHOP).orElseThrow());
  }

  @Test
  void whileRenewalFailsTheOldOneServesUntilItExpires() {
    WorkloadCertificate old = fetched(SHOP);
    issuer.failure = new NotIssued(Issue.Reason.UNREACHABLE, "down");

    advanceAndRun(Duration.ofMinutes(59));
    assertThat(id(certificates.certificate(SHOP))).isEqualTo(SHOP);
    assertThat(certificates.current(SHOP)).contains(old);

    advanceAndRun(Duration.ofMinutes(2));
    assertThat(certificates.current(SHOP)).isEmpty();
    assertThat(reason(certificates.certificate(SHOP))).isEqualTo(Issue.Reason.UNREACHABLE);
  }

  @Test
  void withoutOneWhoAsksFailsWithTheReasonUntilARetrySucceeds() {
    issuer.failure = new NotIssued(Issue.Reason.DENIED, "no such pod");
    CompletionStage<WorkloadCertificate> first = certificates.certificate(SHOP);
    runThreads();
    assertThat(reason(first)).isEqualTo(Issue.Reason.DENIED);
    assertThat(reason(certificates.certificate(SHOP))).isEqualTo(Issue.Reason.DENIED);

    issuer.failure = null;
    advanceAndRun(Duration.ofMillis(1300));

    assertThat(id(certificates.certificate(SHOP))).isEqualTo(SHOP);
  }

  @Test
  void retriesWaitLongerEachTimeUpToACap() {
    issuer.failure = new NotIssued(Issue.Reason.UNREACHABLE, "down");
    certificates.certificate(SHOP);
    runThreads();
    List<Long> waits = new ArrayList<>();

    for (int i = 0; i < 6; i++) {
      Duration wait = timer.untilNext();
      waits.add(wait.toMillis());
      advanceAndRun(wait);
    }

    long[] expected = {1000, 2000, 4000, 4000, 4000, 4000};
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) waits.get(i)).isBetween(expected[i] * 0.8, expected[i] * 1.2);
    }
  }

  @Test
  void theFirstWhoFindsTheServiceAgainWakesTheOthers() {
    issuer.failure = new NotIssued(Issue.Reason.UNREACHABLE, "down");
    List.of(SHOP, CART, FEED).forEach(certificates::certificate);
    runThreads();
    for (int i = 0; i < 12; i++) {
      advanceAndRun(timer.untilNext());
    }

    issuer.failure = null;
    advanceAndRun(timer.untilNext());

    assertThat(List.of(SHOP, CART, FEED))
        .allSatisfy(id -> assertThat(certificates.current(id)).isPresent());
  }

  @Test
  void whoIsRefusedIsNotAskedForMoreOftenBecauseOthersAreServed() {
    issuer.failure = new NotIssued(Issue.Reason.DENIED, "no such pod");
    certificates.certificate(SHOP);
    runThreads();
    issuer.failure = null;

    fetched(CART);

    assertThat(issuer.asked).containsExactly(SHOP, CART);
  }

  @Test
  void aConnectionThatWaitsOvertakesWarmUp() {
    IssuedCertificates one = certificates(new IssueSettings(1, 100, Backoff.DEFAULT));
    one.warm(SHOP);
    one.warm(CART);
    one.certificate(FEED);

    runThreads();

    assertThat(issuer.asked).containsExactly(SHOP, FEED, CART);
  }

  @Test
  void warmUpBecomesUrgentWhenAConnectionWaits() {
    IssuedCertificates one = certificates(new IssueSettings(1, 100, Backoff.DEFAULT));
    one.warm(SHOP);
    one.warm(CART);
    one.warm(FEED);
    one.certificate(FEED);

    runThreads();

    assertThat(issuer.asked).containsExactly(SHOP, FEED, CART);
  }

  @Test
  void noMoreThanEightAreFetchedAtATime() {
    for (int i = 0; i < 20; i++) {
      certificates.certificate(SpiffeId.parse("spiffe://cluster.local/ns/a/sa/s" + i));
    }

    assertThat(threads).hasSize(8);
    runThreads();
    assertThat(issuer.asked).hasSize(20);
  }

  @Test
  void aForgottenIdentityIsNotRenewedAndItsWaitersFail() {
    CompletionStage<WorkloadCertificate> waiter = certificates.certificate(SHOP);
    certificates.forget(SHOP);
    runThreads();

    assertThat(reason(waiter)).isEqualTo(Issue.Reason.CLOSED);
    advanceAndRun(Duration.ofHours(2));
    assertThat(issuer.asked).isEmpty();
    assertThat(certificates.current(SHOP)).isEmpty();
  }

  @Test
  void askedForAgainWhileItsFetchRunsItIsServed() {
    certificates.certificate(SHOP);
    issuer.during =
        () -> {
          certificates.forget(SHOP);
          certificates.certificate(SHOP);
        };
    runThreads();

    assertThat(certificates.current(SHOP)).isPresent();
  }

  @Test
  void aNewRootRenewsTheOthers() {
    fetched(SHOP);
    issuer.ca = TestCa.of("cluster.local", clock);

    fetched(CART);
    runThreads();

    TrustBundle fresh = issuer.ca.bundle();
    assertThat(certificates.current(SHOP).orElseThrow().trust()).isEqualTo(fresh);
    assertThat(certificates.current(CART).orElseThrow().trust()).isEqualTo(fresh);
  }

  @Test
  void issuersThatDisagreeAboutRootsDoNotSetOffEachOtherForEver() {
    TestCa one = issuer.ca;
    TestCa other = TestCa.of("cluster.local", clock);
    fetched(SHOP);
    issuer.ca = other;
    fetched(CART);
    issuer.alternate = List.of(one, other);

    certificates.renewAll();
    runThreads();

    assertThat(issuer.asked.size()).isLessThan(10);
  }

  @Test
  void aLimitBoundsTheIdentities() {
    IssuedCertificates one = certificates(new IssueSettings(1, 1, Backoff.DEFAULT));
    one.certificate(SHOP);

    assertThat(reason(one.certificate(CART))).isEqualTo(Issue.Reason.TOO_MANY);
  }

  @Test
  void aBugInTheIssuerLeavesNobodyWaiting() {
    issuer.during =
        () -> {
          throw new IllegalStateException("bug");
        };
    CompletionStage<WorkloadCertificate> waiter = certificates.certificate(SHOP);

    runThreads();

    assertThat(reason(waiter)).isEqualTo(Issue.Reason.REFUSED);
  }

  private IssuedCertificates certificates(IssueSettings settings) {
    return new IssuedCertificates(
        issuer,
        settings,
        new IssuedCertificates.Schedule(clock, timer, new Random(7), threads::add));
  }

  private WorkloadCertificate fetched(SpiffeId id) {
    CompletionStage<WorkloadCertificate> stage = certificates.certificate(id);
    runThreads();
    return stage.toCompletableFuture().join();
  }

  private void advanceAndRun(Duration by) {
    Instant end = clock.instant().plus(by);
    while (clock.instant().isBefore(end)) {
      Duration left = Duration.between(clock.instant(), end);
      Duration step = Duration.ofSeconds(1).compareTo(left) < 0 ? Duration.ofSeconds(1) : left;
      timer.advance(step);
      runThreads();
    }
  }

  private void runThreads() {
    for (Runnable task = threads.poll(); task != null; task = threads.poll()) {
      task.run();
    }
  }

  private static SpiffeId id(CompletionStage<WorkloadCertificate> stage) {
    assertThat(stage.toCompletableFuture()).isCompleted();
    return stage.toCompletableFuture().join().id();
  }

  static Issue.Reason reason(CompletionStage<WorkloadCertificate> stage) {
    var outcome = stage.handle((certificate, why) -> Optional.ofNullable(why));
    Throwable why =
        outcome.toCompletableFuture().orTimeout(15, TimeUnit.SECONDS).join().orElseThrow();
    return ((CertificateUnavailableException) why).reason();
  }

  private final class FakeIssuer implements Issuer {
    private final List<SpiffeId> asked = new ArrayList<>();
    private TestCa ca = TestCa.of("cluster.local", clock);
    private List<TestCa> alternate = List.of();
    private @Nullable NotIssued failure;
    private Runnable during = () -> {};

    @Override
    public Issue issue(SpiffeId id) {
      asked.add(id);
      Runnable once = during;
      during = () -> {};
      once.run();
      TestCa signer = alternate.isEmpty() ? ca : alternate.get(asked.size() % alternate.size());
      return failure == null ? new Issued(signer.issue(id.toString())) : failure;
    }

    @Override
    public void close() {}
  }
}
