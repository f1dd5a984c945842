package dev.marrow.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.TunnelResult.Failed;
import dev.marrow.hbone.TunnelResult.Opened;
import dev.marrow.hbone.TunnelResult.Reason;
import dev.marrow.identity.SpiffeId;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TunnelPoolTest {
  private final Loops loops = new Loops();
  private final TestTls tls = new TestTls();
  private final List<InboundConnect> arrived = new CopyOnWriteArrayList<>();
  private final List<dev.marrow.http.ByteStream> far = new CopyOnWriteArrayList<>();
  private final TestTunnelServer server =
      TestTunnelServer.start(
          loops,
          tls,
          connect -> {
            arrived.add(connect);
            far.add(connect.accept(ConnectHeaders.NONE));
          });

  @AfterEach
  void close() {
    server.close();
    loops.close();
    tls.close();
  }

  @Test
  void manyRequestsAtOnceShareOneConnection() {
    try (var client = new TestTunnelClient(loops, tls)) {
      var asked = ask(client, server.address(), 100);

      asked.forEach(one -> assertThat(Await.of(one)).isInstanceOf(Opened.class));
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aFullConnectionIsOfferedAgainWhenItsTunnelsEnd() {
    var settings = with(PoolSettings.standard(), 2, Duration.ofMinutes(1), Duration.ZERO);
    try (var client = client(settings)) {
      var first = opened(ask(client, server.address(), 2));
      first.forEach(opened -> loops.run(() -> opened.stream().reset(abort())));

      opened(ask(client, server.address(), 2));

      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void moreRequestsThanFitOpenAsManyConnectionsAsNeeded() {
    var settings = with(PoolSettings.standard(), 10, Duration.ofMinutes(1), Duration.ZERO);
    try (var client = client(settings)) {
      opened(ask(client, server.address(), 40));

      assertThat(server.accepted()).isEqualTo(4);
    }
  }

  @Test
  void aFailedDialReachesEveryWaiter() throws IOException {
    InetSocketAddress nobody = unused();
    try (var client = new TestTunnelClient(loops, tls)) {
      var asked = ask(client, nobody, 50);

      for (var one : asked) {
        assertThat(((Failed) Await.of(one)).reason()).isEqualTo(Reason.CONNECT);
      }
    }
  }

  @Test
  void aFailureAnswersForAWhileWithoutAnotherDial() throws IOException {
    InetSocketAddress nobody = unused();
    var dials = new AtomicInteger();
    Dialer counting =
        (target, loop, first, timeout) -> {
          dials.incrementAndGet();
          return TunnelSockets.direct(Loops::socket).dial(target, loop, first, timeout);
        };
    var settings = with(PoolSettings.standard(), 10, Duration.ofMinutes(1), Duration.ofMinutes(1));
    try (var client = new TestTunnelClient(loops, tls, settings, counting)) {
      Await.of(client.ask(nobody, "10.0.0.1:80"));
      Await.of(client.ask(nobody, "10.0.0.1:80"));

      assertThat(dials).hasValue(1);
    }
  }

  @Test
  void aPeerWithAnotherIdentityIsRefused() {
    var other = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/other");
    var target =
        new TunnelTarget(
            TestTls.CLIENT, server.address(), Set.of(other), InetAddress.getLoopbackAddress());
    try (var client = new TestTunnelClient(loops, tls)) {
      var result = new CompletableFuture<TunnelResult>();
      var request = ConnectRequest.to(Authority.parse("10.0.0.1:80").orElseThrow());
      loops.run(() -> client.pool().connect(target, request, result::complete));

      assertThat(((Failed) Await.of(result)).reason()).isEqualTo(Reason.IDENTITY);
      assertThat(arrived).isEmpty();
    }
  }

  @Test
  void afterGoAwayNewTunnelsGetANewConnectionAndOldOnesLiveOn() {
    try (var client = new TestTunnelClient(loops, tls)) {
      var old = opened(ask(client, server.address(), 1)).getFirst();
      var near = Recording.of(loops, old.stream());
      loops.run(() -> server.open().getFirst().drain(Duration.ofMinutes(1)));
      Await.until(() -> ask(client, server.address(), 1).size() == 1 && server.accepted() > 1);

      var farEnd = Recording.of(loops, far.getFirst());
      farEnd.send(loops, "alive");

      Await.until(() -> near.text().equals("alive"));
    }
  }

  @Test
  void aRenewedCertificateIsShownByTheNextConnection() {
    try (var client = new TestTunnelClient(loops, tls)) {
      var old = opened(ask(client, server.address(), 1)).getFirst();
      tls.forget(TestTls.CLIENT);

      loops.run(() -> client.pool().renewed(TestTls.CLIENT));
      opened(ask(client, server.address(), 1));

      assertThat(server.accepted()).isEqualTo(2);
      assertThat(server.ended()).isEmpty();
      loops.run(() -> old.stream().reset(abort()));
      Await.until(() -> server.ended().size() == 1);
    }
  }

  @Test
  void anIdleConnectionIsClosed() {
    var settings = with(PoolSettings.standard(), 10, Duration.ofMillis(50), Duration.ZERO);
    try (var client = client(settings)) {
      opened(ask(client, server.address(), 1))
          .forEach(opened -> loops.run(() -> opened.stream().reset(abort())));

      Await.until(() -> server.ended().size() == 1);
      assertThat(loops.call(() -> client.pool().connections())).isZero();
    }
  }

  @Test
  void aServerThatNeverAnswersTlsTimesOut() throws IOException {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var client = client(timeouts(Duration.ofMillis(100), Duration.ofSeconds(10)))) {
      var address = new InetSocketAddress("127.0.0.1", silent.getLocalPort());

      var failed = (Failed) Await.of(client.ask(address, "10.0.0.1:80"));

      assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT);
    }
  }

  @Test
  void aConnectThatIsNeverAnsweredTimesOutAndIsReset() {
    var abandoned = new CompletableFuture<Boolean>();
    try (var mute =
            TestTunnelServer.start(
                loops, tls, connect -> connect.onAbandoned(() -> abandoned.complete(true)));
        var client = client(timeouts(Duration.ofSeconds(10), Duration.ofMillis(100)))) {
      var failed = (Failed) Await.of(client.ask(mute.address(), "10.0.0.1:80"));

      assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(Await.of(abandoned)).isTrue();
    }
  }

  @Test
  void aConnectThatIsSentAgainAndNeverAnsweredTimesOutToo() {
    var servers = new CompletableFuture<TestTunnelServer>();
    var asked = new AtomicInteger();
    try (var mute =
            TestTunnelServer.start(
                loops,
                tls,
                connect -> {
                  if (asked.incrementAndGet() == 1) {
                    // Its connection is lost; the next one comes up later than an answer may take.
                    servers.join().open().getFirst().close();
                  }
                });
        var client =
            new TestTunnelClient(
                loops,
                tls,
                timeouts(Duration.ofSeconds(10), Duration.ofMillis(200)),
                slowAfterTheFirst(Duration.ofMillis(400)))) {
      servers.complete(mute);

      var failed = (Failed) Await.of(client.ask(mute.address(), "10.0.0.1:80"));

      assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(asked).hasValue(2);
    }
  }

  private static Dialer slowAfterTheFirst(Duration delay) {
    var dials = new AtomicInteger();
    return (target, loop, first, timeout) ->
        TunnelSockets.direct(Loops::socket)
            .dial(
                target,
                loop,
                dials.incrementAndGet() == 1 ? first : new Late(delay, first),
                timeout);
  }

  /** Connects later than it is told to. */
  private static final class Late extends ChannelInitializer<Channel> {
    private final Duration delay;
    private final ChannelHandler first;

    Late(Duration delay, ChannelHandler first) {
      this.delay = delay;
      this.first = first;
    }

    @Override
    protected void initChannel(Channel channel) {
      var waits =
          new ChannelOutboundHandlerAdapter() {
            @Override
            public void connect(
                ChannelHandlerContext context,
                SocketAddress remote,
                SocketAddress local,
                ChannelPromise promise) {
              context
                  .executor()
                  .schedule(
                      () -> context.connect(remote, local, promise),
                      delay.toMillis(),
                      TimeUnit.MILLISECONDS);
            }
          };
      channel.pipeline().addLast(waits, first);
    }
  }

  @Test
  void cuttingARevokedConnectionResetsItsTunnels() {
    try (var client = new TestTunnelClient(loops, tls)) {
      var near = Recording.of(loops, opened(ask(client, server.address(), 1)).getFirst().stream());

      loops.run(() -> client.pool().cut(link -> link.peer().equals(TestTls.SERVER)));

      assertThat(Await.of(near.reset())).isNotNull();
    }
  }

  @Test
  void aTunnelInsideATunnelWorks() {
    try (var outerServer = TestTunnelServer.relayingTo(loops, tls, server.address());
        var outer = new TestTunnelClient(loops, tls)) {
      var request = ConnectRequest.to(Authority.parse("gateway.mesh:15008").orElseThrow());
      var way = new NestedDialer.Way(TestTunnelClient.target(outerServer.address()), request);
      var nested = new NestedDialer(outer.pool(), target -> way);
      try (var inner = new TestTunnelClient(loops, tls, PoolSettings.standard(), nested)) {
        var near = Recording.of(loops, inner.open(server.address(), "svc.shop.mesh:80"));
        var farEnd = Recording.of(loops, far.getFirst());

        near.send(loops, "deep");

        Await.until(() -> farEnd.text().equals("deep"));
        assertThat(arrived.getFirst().authority().text()).isEqualTo("svc.shop.mesh:80");
      }
    }
  }

  private TestTunnelClient client(PoolSettings settings) {
    return new TestTunnelClient(loops, tls, settings, TunnelSockets.direct(Loops::socket));
  }

  private static List<CompletableFuture<TunnelResult>> ask(
      TestTunnelClient client, InetSocketAddress address, int times) {
    var asked = new ArrayList<CompletableFuture<TunnelResult>>();
    for (int i = 0; i < times; i++) {
      asked.add(client.ask(address, "10.0.0.1:80"));
    }
    return asked;
  }

  private static List<Opened> opened(List<CompletableFuture<TunnelResult>> asked) {
    return asked.stream().map(one -> (Opened) Await.of(one)).toList();
  }

  private static dev.marrow.http.Abort abort() {
    return dev.marrow.http.Abort.CANCELLED;
  }

  private static InetSocketAddress unused() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress("127.0.0.1", socket.getLocalPort());
    }
  }

  private static PoolSettings with(
      PoolSettings base, int streams, Duration idle, Duration negative) {
    return new PoolSettings(
        streams,
        idle,
        base.connect(),
        base.handshake(),
        base.answer(),
        base.parallelDials(),
        base.maxWaiters(),
        negative,
        base.h2(),
        base.limits());
  }

  private static PoolSettings timeouts(Duration handshake, Duration answer) {
    var base = PoolSettings.standard();
    return new PoolSettings(
        base.streamsPerConnection(),
        base.idle(),
        base.connect(),
        handshake,
        answer,
        base.parallelDials(),
        base.maxWaiters(),
        Duration.ZERO,
        base.h2(),
        base.limits());
  }
}
