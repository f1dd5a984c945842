package dev.marrow.ztunnel.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.hbone.SteadyEpoll;
import dev.marrow.linux.Command;
import dev.marrow.linux.Netns;
import dev.marrow.ztunnel.settings.PortRange;
import dev.marrow.ztunnel.settings.SocketSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Needs root, iproute2 and nftables. */
class PodSocketsTest {
  private static final String NAME = "mt-nodeagent-sock-" + ProcessHandle.current().pid();
  private static final SocketSettings SETTINGS =
      new SocketSettings(
          OptionalInt.of(1337),
          SocketSettings.Spoofing.ALWAYS,
          new PortRange(10240, 10249),
          true,
          Optional.of(
              new SocketSettings.KeepAlive(
                  Duration.ofSeconds(180), Duration.ofSeconds(180), 9, true)),
          1024,
          Duration.ofSeconds(10),
          SocketSettings.Flow.USUAL);
  private static final SocketSettings RENO =
      SETTINGS.with(new SocketSettings.Flow("reno", "cubic", Duration.ZERO, 128 << 10));

  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
  private Optional<Netns> open = Optional.empty();

  @BeforeEach
  void makeNamespace() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nftables");
    Command.Result added = Command.of("ip", "netns", "add", NAME).run();
    assumeTrue(added.succeeded(), "cannot make network namespaces: " + added.errors());
    Netns netns = Netns.open(Path.of("/run/netns", NAME));
    open = Optional.of(netns);
    run(netns, "ip", "link", "set", "lo", "up");
    run(netns, "ip", "address", "add", "198.18.77.1/32", "dev", "lo");
    run(netns, "ip", "address", "add", "fd00:77::1/128", "dev", "lo", "nodad");
  }

  @AfterEach
  void removeNamespace() throws Exception {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    if (open.isPresent()) {
      open.get().close();
      Command.of("ip", "netns", "del", NAME).run();
    }
  }

  @Test
  void aRedirectedConnectionTellsWhereItWasGoing() throws Exception {
    String rules =
        """
        table inet t { chain output { type nat hook output priority -100;
          tcp dport 8080 redirect to :15001
        }
        }
        """;
    Command.Result nft = new Command(List.of("nft", "-f", "-"), rules).runIn(netns());
    assertThat(nft.succeeded()).as(nft.errors()).isTrue();
    BlockingQueue<InetSocketAddress> destinations = new ArrayBlockingQueue<>(4);
    listen(15001, channel -> destinations.add(OriginalDestination.of(channel)));

    for (String host : List.of("198.18.77.1", "fd00:77::1")) {
      netns().call(() -> touch(host, 8080));
      assertThat(destinations.poll(5, TimeUnit.SECONDS))
          .isEqualTo(new InetSocketAddress(host, 8080));
    }
    netns().call(() -> touch("198.18.77.1", 15001));
    assertThat(destinations.poll(5, TimeUnit.SECONDS))
        .isEqualTo(new InetSocketAddress("198.18.77.1", 15001));
  }

  @Test
  void aSpoofedConnectionComesFromTheClientAndCarriesTheMark() throws Exception {
    BlockingQueue<InetAddress> clients = new ArrayBlockingQueue<>(4);
    run(netns(), "ip", "route", "add", "local", "198.18.200.9", "dev", "lo", "table", "100");
    run(netns(), "ip", "rule", "add", "from", "198.18.77.1", "lookup", "100");
    Command.Result nft =
        new Command(
                List.of("nft", "-f", "-"),
                """
                table inet t { chain output { type filter hook output priority 0;
                  ip saddr 198.18.200.9 mark != 1337 drop
                }
                }
                """)
            .runIn(netns());
    assertThat(nft.succeeded()).as(nft.errors()).isTrue();
    listen(
        8080,
        channel ->
            clients.add(
                OriginalDestination.unmapped((InetSocketAddress) channel.remoteAddress())
                    .getAddress()));

    Channel spoofed =
        new Bootstrap()
            .group(loops)
            .channelFactory(sockets()::spoofedConnection)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(
                new InetSocketAddress("198.18.77.1", 8080),
                sockets().from(InetAddress.getByName("198.18.200.9")))
            .sync()
            .channel();

    assertThat(clients.poll(5, TimeUnit.SECONDS)).isEqualTo(InetAddress.getByName("198.18.200.9"));
    assertThat(((InetSocketAddress) spoofed.localAddress()).getPort()).isBetween(10240, 10249);
    spoofed.close().sync();
  }

  @Test
  void spoofedPortsTakeTurns() throws Exception {
    PodSockets sockets = sockets();
    InetAddress client = InetAddress.getByName("198.18.200.9");

    assertThat(Stream.generate(() -> sockets.from(client).getPort()).limit(30))
        .hasSize(30)
        .containsOnly(10240, 10241, 10242, 10243, 10244, 10245, 10246, 10247, 10248, 10249);
  }

  @Test
  void congestionControlAndWriteQueueAreThoseOfTheSettings() throws Exception {
    PodSockets sockets = PodSockets.in(netns(), RENO, true);
    EpollServerSocketChannel listener = sockets.listener();
    EpollSocketChannel connection = sockets.connection();
    var option = new RawUnixChannelOption("TCP_CONGESTION", 6, 13, 16);

    assertThat(text(listener.config().getOption(option))).startsWith("reno");
    assertThat(text(connection.config().getOption(option))).startsWith("reno");
    assertThat(connection.config().getWriteBufferHighWaterMark()).isEqualTo(128 << 10);
    PodSockets.requireCongestion(RENO);
    assertThatThrownBy(() ->
            PodSockets.requireCongestion(
                SETTINGS.with(new SocketSettings.Flow("none_such", "", Duration.ZERO, 128 << 10))))
        .hasMessageStartingWith("MARROW_TCP_CONGESTION: 'none_such' (expected: one of ")
        .hasMessageContaining("reno");
    EpollSocketChannel local = sockets.localConnection();
    assertThat(text(local.config().getOption(option))).startsWith("cubic");
    local.unsafe().closeForcibly();
    listener.unsafe().closeForcibly();
    connection.unsafe().closeForcibly();
  }

  @Test
  void anAcceptedConnectionHasTheOptionsOfItsListener() throws Exception {
    BlockingQueue<List<Object>> options = new ArrayBlockingQueue<>(1);
    PodSockets sockets = PodSockets.in(netns(), RENO, true);
    var congestion = new RawUnixChannelOption("TCP_CONGESTION", 6, 13, 16);
    listen(
        sockets::localListener,
        15001,
        channel ->
            options.add(
                List.of(
                    channel.config().getOption(ChannelOption.TCP_NODELAY),
                    channel.config().getOption(ChannelOption.SO_KEEPALIVE),
                    channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE),
                    channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL),
                    channel.config().getOption(EpollChannelOption.TCP_KEEPCNT),
                    channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT),
                    text(channel.config().getOption(congestion)).strip())));

    netns().call(() -> touch("198.18.77.1", 15001));

    int userTimeout = Math.toIntExact(RENO.keepAlive().orElseThrow().userTimeoutOf().toMillis());
    assertThat(options.poll(5, TimeUnit.SECONDS))
        .startsWith(true, true, 180, 180, 9, userTimeout)
        .last()
        .asString()
        .startsWith("cubic");
  }

  @Test
  void onlyATunnelToAFarPeerPacesWhereTheKernelsDefaultDoes() throws Exception {
    Path kernel = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
    netns().call(() -> Files.writeString(kernel, "bbr\n"));
    var option = new RawUnixChannelOption("TCP_CONGESTION", 6, 13, 16);
    for (Duration near : List.of(Duration.ofSeconds(5), Duration.ofNanos(1))) {
      var flow = new SocketSettings.Flow("", "reno", near, 128 << 10);
      PodSockets sockets = PodSockets.in(netns(), SETTINGS.with(flow), true);
      BlockingQueue<Channel> accepted = new ArrayBlockingQueue<>(1);
      Channel listener = listen(sockets::listener, 15008, accepted::add);
      Channel dialled =
          new Bootstrap()
              .group(loops)
              .channelFactory((ChannelFactory<Channel>) sockets::tunnelConnection)
              .handler(new ChannelInboundHandlerAdapter())
              .connect("198.18.77.1", 15008)
              .sync()
              .channel();
      for (Channel tunnel : List.of(dialled, accepted.take())) {
        assertThat(text(tunnel.config().getOption(option))).startsWith("reno");
        sockets.tunnelConnected(tunnel);
        assertThat(text(tunnel.config().getOption(option)))
            .startsWith(near.toSeconds() > 0 ? "reno" : "bbr");
      }
      dialled.close().sync();
      listener.close().sync();
    }
  }

  private static String text(ByteBuffer name) {
    return StandardCharsets.US_ASCII.decode(name).toString();
  }

  @Test
  void twoListenersShareAPortForAHandOver() throws Exception {
    Channel first = listen(15008, channel -> {});
    Channel second = listen(15008, channel -> {});

    assertThat(first.isActive()).isTrue();
    assertThat(second.isActive()).isTrue();
  }

  @Test
  void nothingListensOutsideThePod() throws Exception {
    listen(15006, channel -> {});

    assertThat(Command.of("ss", "-Hltn", "sport", "=", ":15006").run().output()).isEmpty();
    assertThat(Command.of("ss", "-Hltn", "sport", "=", ":15006").runIn(netns()).output())
        .contains(":15006")
        .contains("1024");
  }

  private interface Accepted {
    void with(Channel channel);
  }

  private Channel listen(int port, Accepted accepted) throws Exception {
    return listen(sockets()::captureListener, port, accepted);
  }

  private Channel listen(
      ChannelFactory<EpollServerSocketChannel> listener, int port, Accepted accepted)
      throws Exception {
    return new ServerBootstrap()
        .group(loops)
        .channelFactory(listener)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) throws Exception {
                accepted.with(channel);
              }
            })
        .bind(sockets().anyAddress(port))
        .sync()
        .channel();
  }

  private Netns netns() {
    return open.orElseThrow();
  }

  private PodSockets sockets() throws java.io.IOException {
    return PodSockets.in(netns(), SETTINGS, true);
  }

  private static int touch(String host, int port) throws java.io.IOException {
    try (var socket = new Socket(host, port)) {
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      return socket.getLocalPort();
    }
  }

  private static void run(Netns netns, String... command) throws Exception {
    Command.Result result = Command.of(command).runIn(netns);
    assertThat(result.succeeded()).as(result.errors()).isTrue();
  }
}
