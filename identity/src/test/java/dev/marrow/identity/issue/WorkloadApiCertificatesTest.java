package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.WorkloadCertificate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadApiCertificatesTest {
  private static final SpiffeId SHOP = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/shop");
  private static final SpiffeId CART = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/cart");
  private static final Backoff QUICK = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));

  private final TestCa ca = TestCa.of("cluster.local");
  private final TestCa other = TestCa.of("other.local");
  @TempDir Path temp;
  private final BlockingQueue<AutoCloseable> open = new LinkedBlockingQueue<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one = open.poll(); one != null; one = open.poll()) {
      one.close();
    }
  }

  @Test
  void whatIsPushedIsServed() {
    WorkloadCertificate shop = ca.intermediate().issue(SHOP.toString());
    serve().push(TestWorkloadApi.message(ca, List.of(shop, ca.issue(CART.toString()))));

    WorkloadCertificate got = get(connect().certificate(SHOP));

    assertThat(got.chain()).isEqualTo(shop.chain());
    assertThat(got.key()).isEqualTo(shop.key());
    assertThat(got.trust()).isEqualTo(ca.bundle());
  }

  @Test
  void aFederatedBundleIsTrustedForItsOwnDomainOnly() {
    serve()
        .push(
            TestWorkloadApi.message(ca, List.of(ca.issue(SHOP.toString()))).toBuilder()
                .putFederatedBundles("spiffe://other.local", TestWorkloadApi.der(other.root()))
                .build());

    WorkloadCertificate got = get(connect().certificate(SHOP));

    assertThat(got.trust().rootsOf(TrustDomain.parse("other.local"))).containsExactly(other.root());
    assertThat(got.trust().rootsOf(ca.trustDomain())).containsExactly(ca.root());
  }

  @Test
  void aPushedRotationReachesTheListeners() throws InterruptedException {
    TestWorkloadApi api = serve();
    WorkloadCertificate next = ca.issue(SHOP.toString());
    api.push(TestWorkloadApi.message(ca, List.of(ca.issue(SHOP.toString()))));
    WorkloadApiCertificates source = connect();
    get(source.certificate(SHOP));
    BlockingQueue<WorkloadCertificate> renewed = new LinkedBlockingQueue<>();
    source.onRenewed(renewed::add);

    api.push(TestWorkloadApi.message(ca, List.of(next)));

    WorkloadCertificate told = renewed.poll(10, TimeUnit.SECONDS);
    assertThat(told).isNotNull();
    assertThat(source.current(SHOP).orElseThrow().leaf()).isEqualTo(next.leaf());
  }

  @Test
  void aBrokenStreamIsOpenedAgain() throws InterruptedException {
    TestWorkloadApi api = serve();
    api.push(TestWorkloadApi.message(ca, List.of(ca.issue(SHOP.toString()))));
    WorkloadApiCertificates source = connect();
    get(source.certificate(SHOP));
    BlockingQueue<WorkloadCertificate> renewed = new LinkedBlockingQueue<>();
    source.onRenewed(renewed::add);

    api.hangUp();

    assertThat(renewed.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(source.current(SHOP)).isPresent();
  }

  @Test
  void anIdentityThatIsNotOfferedFailsWithThatReason() {
    serve().push(TestWorkloadApi.message(ca, List.of(ca.issue(CART.toString()))));
    WorkloadApiCertificates source = connect();
    get(source.certificate(CART));

    assertThat(IssuedCertificatesTest.reason(source.certificate(SHOP)))
        .isEqualTo(Issue.Reason.NOT_OFFERED);
  }

  @Test
  void aMessageWithTheWrongNameIsNotUsed() {
    WorkloadCertificate cart = ca.issue(CART.toString());
    serve()
        .push(
            TestWorkloadApi.message(ca, List.of()).toBuilder()
                .addSvids(TestWorkloadApi.svid(SHOP.toString(), cart, ca))
                .build());

    assertThat(IssuedCertificatesTest.reason(connect().certificate(SHOP)))
        .isEqualTo(Issue.Reason.BAD_ANSWER);
  }

  @Test
  void aMessageUnderAnotherRootIsNotUsed() {
    WorkloadCertificate shop = ca.issue(SHOP.toString());
    serve().push(TestWorkloadApi.message(other, List.of(shop)));

    assertThat(IssuedCertificatesTest.reason(connect().certificate(SHOP)))
        .isEqualTo(Issue.Reason.BAD_ANSWER);
  }

  @Test
  void whoConnectsBeforeTheOtherSideIsThereWaitsForIt() {
    WorkloadApiCertificates source = connect();
    CompletionStage<WorkloadCertificate> waiter = source.certificate(SHOP);

    serve().push(TestWorkloadApi.message(ca, List.of(ca.issue(SHOP.toString()))));

    assertThat(get(waiter).id()).isEqualTo(SHOP);
  }

  private TestWorkloadApi serve() {
    TestWorkloadApi api = new TestWorkloadApi(temp.resolve("api.sock"));
    open.add(api);
    return api;
  }

  private WorkloadApiCertificates connect() {
    WorkloadApiCertificates source =
        WorkloadApiCertificates.connect(
            "unix://" + temp.resolve("api.sock"), Clock.systemUTC(), Timer.system(), QUICK);
    open.add(source);
    return source;
  }

  private static WorkloadCertificate get(CompletionStage<WorkloadCertificate> stage) {
    return stage.toCompletableFuture().orTimeout(15, TimeUnit.SECONDS).join();
  }
}
