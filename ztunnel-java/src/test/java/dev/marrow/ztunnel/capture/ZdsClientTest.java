package dev.marrow.ztunnel.capture;

import static dev.marrow.ztunnel.capture.ZdsRequestTest.add;
import static dev.marrow.ztunnel.capture.ZdsRequestTest.del;
import static dev.marrow.ztunnel.capture.ZdsRequestTest.keep;
import static dev.marrow.ztunnel.capture.ZdsRequestTest.snapshotSent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.linux.FileDescriptor;
import dev.marrow.linux.Netns;
import dev.marrow.linux.SeqPacketServer;
import dev.marrow.linux.SeqPacketSocket;
import dev.marrow.proto.zds.Version;
import dev.marrow.proto.zds.WorkloadResponse;
import dev.marrow.proto.zds.ZdsHello;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a node agent played by the test; any open file stands for a network namespace. */
class ZdsClientTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path dir;
  private final Proxies proxies = new Proxies();
  private final BlockingQueue<String> violations = new ArrayBlockingQueue<>(4);
  private SeqPacketServer agent;
  private ZdsClient client;

  @BeforeEach
  void connect() throws Exception {
    agent = SeqPacketServer.bind(dir.resolve("zds"));
    client = new ZdsClient(dir.resolve("zds"), proxies, violations::add);
    client.start();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    agent.close();
    proxies.running.values().forEach(Netns::close);
  }

  @Test
  void aSnapshotStartsThePodsAndMakesReady() throws Exception {
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      assertThat(client.status().ready()).isFalse();
      var identity = netns.identity();

      assertThat(ask(connection, add("u1", "shop", "web-1", "web"), netns)).isEmpty();
      assertThat(ask(connection, snapshotSent())).isEmpty();

      assertThat(proxies.running).containsOnlyKeys(new PodUid("u1"));
      assertThat(proxies.running.values()).allMatch(running -> running.identity().equals(identity));
      await(() -> client.status().ready());
    }
  }

  @Test
  void theSamePodAgainOpensNothing() throws Exception {
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      ask(connection, add("u1", "shop", "web-1", "web"), netns);
      long before = openDescriptors();

      for (int i = 0; i < 50; i++) {
        assertThat(ask(connection, add("u1", "shop", "web-1", "web"), netns)).isEmpty();
      }

      assertThat(openDescriptors()).isEqualTo(before);
      assertThat(proxies.starts).isEqualTo(1);
    }
  }

  @Test
  void addedAndDeletedPodsLeaveNoDescriptorBehind() throws Exception {
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      ask(connection, snapshotSent());
      long before = openDescriptors();

      for (int i = 0; i < 50; i++) {
        assertThat(ask(connection, add("u" + i, "shop", "web-1", "web"), netns)).isEmpty();
        assertThat(ask(connection, del("u" + i))).isEmpty();
      }

      assertThat(openDescriptors()).isEqualTo(before);
      assertThat(proxies.running).isEmpty();
    }
  }

  @Test
  void aPodThatCannotBeStartedIsRefusedAndBlocksReadinessUntilItIsDeleted() throws Exception {
    proxies.failure = "bind 15001: EADDRINUSE";
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      assertThat(ask(connection, add("u1", "shop", "web-1", "web"), netns))
          .isEqualTo("bind 15001: EADDRINUSE");
      assertThat(ask(connection, snapshotSent())).isEmpty();
      assertThat(client.status()).isEqualTo(new ZdsStatus(true, true, 0, 1));

      assertThat(ask(connection, del("u1"))).isEmpty();
      assertThat(proxies.stops).isZero();
      await(() -> client.status().ready());
    }
  }

  @Test
  void aPodThatCannotBeStartedIsTriedAgain() throws Exception {
    proxies.failure = "not yet";
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      ask(connection, add("u1", "shop", "web-1", "web"), netns);
      ask(connection, snapshotSent());

      proxies.failure = "";

      await(() -> client.status().ready());
      assertThat(proxies.running).containsOnlyKeys(new PodUid("u1"));
    }
  }

  @Test
  void afterAReconnectServedPodsGoOnAndMissingOnesStop() throws Exception {
    try (var netns = FileDescriptor.open(dir)) {
      try (var first = accept()) {
        ask(first, add("u1", "shop", "web-1", "web"), netns);
        ask(first, add("u2", "shop", "web-2", "web"), netns);
        ask(first, add("u3", "shop", "web-3", "web"), netns);
        ask(first, snapshotSent());
      }
      try (var second = accept()) {
        assertThat(proxies.running).hasSize(3);
        assertThat(client.status().ready()).isFalse();
        ask(second, add("u1", "shop", "web-1", "web"), netns);
        ask(second, keep("u2"));
        ask(second, snapshotSent());

        assertThat(proxies.running).containsOnlyKeys(new PodUid("u1"), new PodUid("u2"));
        assertThat(proxies.starts).isEqualTo(3);
      }
    }
  }

  @Test
  void aProtocolViolationIsFatal() throws Exception {
    try (var connection = accept()) {
      connection.send(add("u1", "shop", "web-1", "web"), SOON);

      assertThat(violations.poll(5, TimeUnit.SECONDS))
          .isEqualTo("ADD with 0 descriptors (expected: 1)");
      assertThat(connection.receive(64, SOON)).isEmpty();
    }
  }

  @Test
  void anOversizedMessageIsFatalAndItsDescriptorIsClosed() throws Exception {
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      long before = openDescriptors();
      connection.send(add("u".repeat(2000), "shop", "web-1", "web"), SOON, netns);

      assertThat(violations.poll(5, TimeUnit.SECONDS)).contains("truncated");
      // The client's end of the connection is gone, too.
      assertThat(openDescriptors()).isEqualTo(before - 1);
    }
  }

  @Test
  void closingEndsTheConnectionButNotTheProxies() throws Exception {
    try (var connection = accept();
        var netns = FileDescriptor.open(dir)) {
      ask(connection, add("u1", "shop", "web-1", "web"), netns);

      client.close();

      assertThat(connection.receive(64, SOON)).isEmpty();
      assertThat(proxies.stops).isZero();
    }
  }

  private SeqPacketSocket accept() throws IOException {
    SeqPacketSocket connection = agent.accept(SOON);
    try (var hello = connection.receive(64, SOON).orElseThrow()) {
      assertThat(ZdsHello.parseFrom(hello.bytes()).getVersion()).isEqualTo(Version.V1);
    }
    return connection;
  }

  private static String ask(SeqPacketSocket connection, byte[] request, FileDescriptor... fds)
      throws IOException {
    connection.send(request, SOON, fds);
    try (var reply = connection.receive(1024, SOON).orElseThrow()) {
      return WorkloadResponse.parseFrom(reply.bytes()).getAck().getError();
    }
  }

  private static long openDescriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static final class Proxies implements PodProxies {
    private final Map<PodUid, Netns> running = new ConcurrentHashMap<>();
    private volatile String failure = "";
    private volatile int starts;
    private volatile int stops;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    public Start start(PodUid uid, PodWorkload workload, Netns netns) {
      starts++;
      if (!failure.isEmpty()) {
        return new Start.Failed(failure);
      }
      running.put(uid, netns);
      return new Start.Started();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void stop(PodUid uid) {
      stops++;
      Objects.requireNonNull(running.remove(uid)).close();
    }
  }
}
