package dev.marrow.nodeagent.zds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.linux.FileDescriptor;
import dev.marrow.linux.FileIdentity;
import dev.marrow.linux.Netns;
import dev.marrow.linux.SeqPacketSocket;
import dev.marrow.proto.zds.Ack;
import dev.marrow.proto.zds.Version;
import dev.marrow.proto.zds.WorkloadRequest;
import dev.marrow.proto.zds.WorkloadResponse;
import dev.marrow.proto.zds.ZdsHello;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's side of ZDS against proxies played here; any file stands for a namespace. */
class NodeProxiesTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofMillis(300);

  @TempDir Path dir;
  private final BlockingQueue<NodeProxy> arrived = new ArrayBlockingQueue<>(16);
  private final NodeProxies proxies = new NodeProxies();
  private ZdsServer server;
  private Netns netns;

  @BeforeEach
  void listen() throws Exception {
    server = ZdsServer.listen(dir.resolve("zds"), arrived::add, DEADLINE);
    netns = Netns.open(dir);
  }

  @AfterEach
  void close() throws Exception {
    proxies.close();
    server.close();
    netns.close();
  }

  @Test
  void aProxyIsToldAllPodsThenThatThoseWereAll() throws Exception {
    try (var played = new Played()) {
      proxies.join(next(), List.of(pod("u1"), new PodEntry.OutOfReach("u2")));

      assertThat(played.heard())
          .containsExactly("ADD u1 shop/web/web " + netns.identity(), "KEEP u2", "SNAPSHOT_SENT");
      assertThat(proxies.size()).isOne();
    }
  }

  @Test
  void theNewestIsToldOfNewPodsAndAllOfThoseThatAreGone() throws Exception {
    try (var older = new Played();
        var olderProxy = next();
        var newer = new Played();
        var newerProxy = next()) {
      proxies.join(olderProxy, List.of());
      proxies.join(newerProxy, List.of());

      assertThat(proxies.add(pod("u1"))).isEqualTo(new Announcement.Accepted());
      proxies.del("u1");

      assertThat(older.heard()).containsExactly("SNAPSHOT_SENT", "DEL u1");
      assertThat(newer.heard())
          .containsExactly("SNAPSHOT_SENT", "ADD u1 shop/web/web " + netns.identity(), "DEL u1");
    }
  }

  @Test
  void whenTheNewestIsGoneTheOneBeforeIsTold() throws Exception {
    try (var older = new Played();
        var olderProxy = next();
        var newer = new Played();
        var newerProxy = next()) {
      proxies.join(olderProxy, List.of());
      proxies.join(newerProxy, List.of());

      newer.close();

      assertThat(proxies.add(pod("u1"))).isEqualTo(new Announcement.Accepted());
      assertThat(older.heard()).hasSize(2);
      assertThat(proxies.size()).isOne();
    }
  }

  @Test
  void aRefusalIsTheAnswerAndKeepsTheConnection() throws Exception {
    try (var played = new Played()) {
      proxies.join(next(), List.of());
      played.refusal = "bind: EADDRINUSE";

      assertThat(proxies.add(pod("u1"))).isEqualTo(new Announcement.Refused("bind: EADDRINUSE"));
      assertThat(proxies.size()).isOne();
    }
  }

  @Test
  void aProxyThatDoesNotAnswerInTimeIsDropped() throws Exception {
    try (var played = new Played()) {
      proxies.join(next(), List.of());
      played.silent = true;

      assertThat(proxies.add(pod("u1"))).isEqualTo(new Announcement.NoProxy());
      assertThat(proxies.size()).isZero();
    }
  }

  @Test
  void withoutAProxyThereIsNobodyToTell() {
    assertThat(proxies.add(pod("u1"))).isEqualTo(new Announcement.NoProxy());
    proxies.del("u1");
  }

  @Test
  void aProxyThatLeavesIsNoticed() throws Exception {
    try (var played = new Played()) {
      proxies.join(next(), List.of());
      played.close();

      proxies.dropEnded();

      assertThat(proxies.size()).isZero();
    }
  }

  @Test
  void connectionsThatDoNotGreetOrGreetWrongAreClosed() throws Exception {
    byte[] wrong = ZdsHello.newBuilder().setVersionValue(7).build().toByteArray();
    for (byte[] greeting : List.of(wrong, "hello".getBytes(UTF_8), new byte[5000])) {
      try (var socket = SeqPacketSocket.connect(dir.resolve("zds"))) {
        socket.send(greeting, SOON);
        assertThat(socket.receive(64, SOON)).isEmpty();
      }
    }
    try (var silent = SeqPacketSocket.connect(dir.resolve("zds"))) {
      assertThat(silent.receive(64, SOON)).isEmpty();
    }
    assertThat(arrived).isEmpty();
  }

  @Test
  void malformedAnswersEndTheConnectionAndLeakNothing() throws Exception {
    var random = new Random(1);
    long before = openDescriptors();
    for (int round = 0; round < 10; round++) {
      byte[] garbage = new byte[1 + random.nextInt(64)];
      random.nextBytes(garbage);
      garbage[0] = (byte) 0xff;
      try (var played = new Played()) {
        NodeProxy proxy = next();
        played.answer = garbage;
        proxies.join(proxy, List.of(pod("u1")));
        assertThat(proxies.size()).isZero();
      }
    }
    // Fewer, if what other tests left was collected meanwhile.
    assertThat(openDescriptors()).isLessThanOrEqualTo(before);
  }

  private PodEntry.Present pod(String uid) {
    return new PodEntry.Present(uid, "shop", "web", "web", netns);
  }

  private NodeProxy next() throws InterruptedException {
    NodeProxy proxy = arrived.poll(5, TimeUnit.SECONDS);
    assertThat(proxy).isNotNull();
    return java.util.Objects.requireNonNull(proxy);
  }

  private static long openDescriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }

  /** A node proxy that greets, acknowledges and remembers. */
  private final class Played implements AutoCloseable {
    private final SeqPacketSocket socket = SeqPacketSocket.connect(dir.resolve("zds"));
    private final List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().unstarted(this::listen);
    private volatile String refusal = "";
    private volatile boolean silent;
    private volatile byte[] answer = new byte[0];

    Played() throws IOException {
      socket.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray(), SOON);
      thread.start();
    }

    private void listen() {
      try {
        while (true) {
          try (var packet = socket.receive(1024, Duration.ofMinutes(1)).orElseThrow()) {
            WorkloadRequest request = WorkloadRequest.parseFrom(packet.bytes());
            FileIdentity identity = new FileIdentity(0, 0);
            if (packet.descriptorCount() == 1) {
              try (FileDescriptor fd = packet.takeOnlyDescriptor()) {
                identity = fd.identity();
              }
            }
            heard.add(describe(request, identity));
          }
          reply();
        }
      } catch (IOException | RuntimeException end) {
        // The test is over.
      }
    }

    private void reply() throws IOException {
      var ack = WorkloadResponse.newBuilder().setAck(Ack.newBuilder().setError(refusal));
      if (!silent) {
        socket.send(answer.length > 0 ? answer : ack.build().toByteArray(), SOON);
      }
    }

    private static String describe(WorkloadRequest request, FileIdentity identity) {
      return switch (request.getPayloadCase()) {
        case ADD -> {
          var who = request.getAdd().getWorkloadInfo();
          yield "ADD %s %s/%s/%s %s"
              .formatted(
                  request.getAdd().getUid(),
                  who.getNamespace(),
                  who.getName(),
                  who.getServiceAccount(),
                  identity);
        }
        case KEEP -> "KEEP " + request.getKeep().getUid();
        case DEL -> "DEL " + request.getDel().getUid();
        default -> request.getPayloadCase().name();
      };
    }

    List<String> heard() {
      return heard;
    }

    @Override
    public void close() {
      socket.close();
      try {
        thread.join();
      } catch (InterruptedException hurry) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
