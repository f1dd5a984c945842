package dev.marrow.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer;
import dev.marrow.resources.kubernetes.FakeApiServer.Fault;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeadershipTest {
  private static final Leadership.Times SHORT =
      new Leadership.Times(Duration.ofMillis(900), Duration.ofMillis(100));

  private FakeApiServer fake;
  private ApiServer server;
  private Leadership one;
  private Leadership two;

  @BeforeEach
  void start() throws Exception {
    fake = FakeApiServer.start("/apis/coordination.k8s.io/v1/leases");
    server = ApiServer.at(fake.url());
    one = new Leadership(server, "marrow-system", "leader", "one", SHORT, Clock.systemUTC());
    two = new Leadership(server, "marrow-system", "leader", "two", SHORT, Clock.systemUTC());
    one.start();
    await(one::leading);
    two.start();
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    server.close();
    fake.close();
  }

  @Test
  void whoGivesTheLeaseBackIsFollowedAtOnce() throws Exception {
    AtomicInteger told = new AtomicInteger();
    two.onGained(told::incrementAndGet);

    one.close();

    assertThat(one.leading()).isFalse();
    await(two::leading);
    await(() -> told.get() == 1);
  }

  @Test
  void aLeaderThatCannotRenewStopsBeforeAnotherOneStarts() throws Exception {
    // Only the first is cut off: it is the one that asks to replace its own lease.
    fake.faults(request ->
        request.method().equals("PUT") && request.body().contains("\"holderIdentity\":\"one\"")
            ? Optional.of(Fault.code(500))
            : Optional.empty());

    while (one.leading()) {
      assertThat(two.leading()).isFalse();
      Thread.onSpinWait();
    }
    await(two::leading);
    assertThat(one.leading()).isFalse();
  }

  @Test
  void aLeaderThatLapsedWhileTheServerWasSlowIsToldThatItLeadsAgain() throws Exception {
    AtomicInteger told = new AtomicInteger();
    one.onGained(told::incrementAndGet);

    // Answered only when the lease has run out for the one that waits, and for nobody else yet.
    fake.faults(request -> {
      boolean renews =
          request.method().equals("PUT") && request.body().contains("\"holderIdentity\":\"one\"");
      while (renews && told.get() == 0 && one.leading()) {
        Thread.onSpinWait();
      }
      return Optional.empty();
    });

    await(() -> told.get() == 1);
    assertThat(one.leading()).isTrue();
  }

  @Test
  void nobodyLeadsWithoutTheServer() throws Exception {
    fake.faults(request -> Optional.of(Fault.code(503)));

    await(() -> !one.leading());
    assertThat(two.leading()).isFalse();

    fake.faults(request -> Optional.empty());
    await(() -> one.leading() || two.leading());
    assertThat(one.leading() && two.leading()).isFalse();
  }

  private static void await(BooleanSupplier wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!wanted.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }
}
