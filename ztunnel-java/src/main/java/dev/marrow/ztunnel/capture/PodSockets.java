package dev.marrow.ztunnel.capture;

import static dev.marrow.ztunnel.capture.TcpOptions.congestion;
import static dev.marrow.ztunnel.capture.TcpOptions.set;

import dev.marrow.linux.Netns;
import dev.marrow.linux.SocketOptions;
import dev.marrow.ztunnel.settings.PortRange;
import dev.marrow.ztunnel.settings.SocketSettings;
import dev.marrow.ztunnel.settings.SocketSettings.Spoofing;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes Netty channels whose sockets live in one pod's network namespace; they are then used like
 * any other, on any event loop. All options of a socket are set here, because an option Netty sets
 * later only logs when it fails, and a socket without our mark would be redirected to us again.
 *
 * <p>Thread-safe. The namespace stays owned by whoever gave it.
 */
public final class PodSockets {
  private static final IntegerUnixChannelOption MARK =
      new IntegerUnixChannelOption("SO_MARK", SocketOptions.SOL_SOCKET, SocketOptions.SO_MARK);
  // Netty has it for servers only.
  private static final IntegerUnixChannelOption FREEBIND =
      new IntegerUnixChannelOption("IP_FREEBIND", SocketOptions.SOL_IP, SocketOptions.IP_FREEBIND);
  private static final Path CONGESTIONS =
      Path.of("/proc/sys/net/ipv4/tcp_available_congestion_control");

  private final Optional<Netns> netns;
  private final SocketSettings settings;
  private final boolean portReuse;
  private final boolean transparent;
  private final Congestion congestion;
  // Another process may use the same ports at the same time: during a hand-over.
  private final AtomicInteger nextPort = new AtomicInteger(ThreadLocalRandom.current().nextInt());

  private PodSockets(
      Optional<Netns> netns,
      SocketSettings settings,
      boolean portReuse,
      boolean transparent,
      Congestion congestion) {
    this.netns = netns;
    this.settings = settings;
    this.portReuse = portReuse;
    this.transparent = transparent;
    this.congestion = congestion;
  }

  /**
   * Sockets in a pod.
   *
   * @param portReuse whether a second proxy may listen next to us, for a hand-over
   * @throws IOException if clients' addresses must be used and the kernel does not let us
   */
  public static PodSockets in(Netns netns, SocketSettings settings, boolean portReuse)
      throws IOException {
    return probed(Optional.of(netns), settings, portReuse);
  }

  /** Sockets in our own network namespace. */
  public static PodSockets here(SocketSettings settings, boolean portReuse) throws IOException {
    return probed(Optional.empty(), settings, portReuse);
  }

  /**
   * Tries the congestion controls of {@code settings} once, so that a name the kernel does not know
   * stops the start instead of every connection.
   *
   * @throws IOException if the kernel refuses one
   */
  public static void requireCongestion(SocketSettings settings) throws IOException {
    require("MARROW_TCP_CONGESTION", settings.flow().congestion());
    require("MARROW_LOCAL_TCP_CONGESTION", settings.flow().localCongestion());
  }

  private static void require(String knob, String algorithm) throws IOException {
    if (algorithm.isEmpty()) {
      return;
    }
    Epoll.ensureAvailability(); // loads the library: no event loop has yet
    var probe = new EpollSocketChannel();
    try {
      congestion(probe, algorithm);
    } catch (ChannelException refused) {
      throw new IOException(
          "%s: '%s' (expected: one of %s)"
              .formatted(knob, algorithm, Files.readString(CONGESTIONS).strip()),
          refused);
    } finally {
      probe.unsafe().closeForcibly();
    }
  }

  private static PodSockets probed(
      Optional<Netns> netns, SocketSettings settings, boolean portReuse) throws IOException {
    EpollSocketChannel probe = created(netns, EpollSocketChannel::new);
    try {
      var congestion = Congestion.of(settings.flow(), TcpOptions.congestion(probe));
      boolean transparent = settings.spoofing() != Spoofing.NEVER && spoofs(probe, settings);
      return new PodSockets(netns, settings, portReuse, transparent, congestion);
    } finally {
      probe.unsafe().closeForcibly();
    }
  }

  private static boolean spoofs(EpollSocketChannel probe, SocketSettings settings)
      throws IOException {
    try {
      transparent(probe);
      return true;
    } catch (ChannelException refused) {
      if (settings.spoofing() == Spoofing.ALWAYS) {
        throw new IOException("IP_TRANSPARENT: " + refused.getMessage(), refused);
      }
      return false;
    }
  }

  /** Whether applications can be dialled from their clients' addresses. */
  public boolean transparent() {
    return transparent;
  }

  /** The wildcard address to listen at: IPv6, which takes IPv4 too, unless that is switched off. */
  public InetSocketAddress anyAddress(int port) {
    return new InetSocketAddress(settings.ipv6() ? "::" : "0.0.0.0", port);
  }

  /** A listener for tunnels, not bound yet. The backlog is Netty's option SO_BACKLOG. */
  public EpollServerSocketChannel listener() {
    return listener(channel -> congestion(channel, congestion.tunnels()));
  }

  /** A listener for what redirection brings (not for tunnels, which have PING). */
  public EpollServerSocketChannel captureListener() {
    return listener(channel -> {
      congestion(channel, congestion.plain());
      keepAlive(channel);
    });
  }

  /** A listener for applications of this node. */
  public EpollServerSocketChannel localListener() {
    return listener(channel -> {
      congestion(channel, congestion.local());
      keepAlive(channel);
    });
  }

  /** What is set for {@code accepted} connections they have from their listener. */
  private EpollServerSocketChannel listener(Options<EpollServerSocketChannel> accepted) {
    return configured(
        create(() -> new EpollServerSocketChannel(family())),
        channel -> {
          mark(channel);
          set(channel, ChannelOption.SO_BACKLOG, settings.backlog());
          set(channel, ChannelOption.SO_REUSEADDR, true);
          set(channel, UnixChannelOption.SO_REUSEPORT, portReuse);
          if (transparent) {
            transparent(channel);
          }
          accepted.set(channel);
        });
  }

  /** A client socket that goes out under the pod's own address. */
  public EpollSocketChannel connection() {
    return outgoing(congestion.plain(), channel -> {});
  }

  /**
   * The same, to an application of this node: there is no network to pace for, see {@link
   * Congestion}.
   */
  public EpollSocketChannel localConnection() {
    return outgoing(congestion.local(), channel -> {});
  }

  /** The same, for a tunnel; {@link #tunnelConnected} follows. */
  public EpollSocketChannel tunnelConnection() {
    return outgoing(congestion.tunnels(), channel -> {});
  }

  /** Gives a tunnel, dialled or accepted, the congestion control that its peer's distance wants. */
  public void tunnelConnected(Channel tunnel) {
    if (congestion.far().isPresent() && tunnel instanceof EpollSocketChannel socket) {
      var roundTrip = Duration.of(socket.tcpInfo().rtt(), ChronoUnit.MICROS);
      congestion.forRoundTrip(roundTrip).ifPresent(name -> congestion(socket, name));
    }
  }

  /**
   * A client socket to an application of this node that may be bound to {@code client}'s address,
   * which is not ours: pass {@link #from} as the local address of connect. Only if {@link
   * #transparent}.
   */
  public EpollSocketChannel spoofedConnection() {
    return outgoing(
        congestion.local(),
        channel -> {
          transparent(channel);
          set(channel, FREEBIND, 1);
          // Lets an app listen at a port that one of these has.
          set(channel, ChannelOption.SO_REUSEADDR, true);
          // If we leave the port to the kernel, it chooses per destination: 28,000 for each.
          set(channel, EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        });
  }

  /**
   * A local address for a spoofed connection: the client's, with the next port that its own kernel
   * would not choose. Were both to take the same one, a connection that reaches this pod outside of
   * the mesh would be taken for ours: neither ends, and no answer arrives. The port may be in use.
   */
  public InetSocketAddress from(InetAddress client) {
    PortRange ports = settings.spoofedPorts();
    int next = Math.floorMod(nextPort.getAndIncrement(), ports.size());
    return new InetSocketAddress(client, ports.first() + next);
  }

  /** A UDP socket of one family, for a listener or for queries upstream. */
  public EpollDatagramChannel datagrams(SocketProtocolFamily family) {
    return configured(
        create(() -> new EpollDatagramChannel(family)),
        channel -> {
          mark(channel);
          set(channel, UnixChannelOption.SO_REUSEPORT, portReuse);
        });
  }

  /** How many bytes may wait for one of these sockets; half of it when reading goes on. */
  public WriteBufferWaterMark writeQueue() {
    int most = settings.flow().writeQueueBytes();
    return new WriteBufferWaterMark(most / 2, most);
  }

  private EpollSocketChannel outgoing(String algorithm, Options<EpollSocketChannel> more) {
    return configured(
        create(() -> new EpollSocketChannel(family())),
        channel -> {
          mark(channel);
          set(
              channel,
              ChannelOption.CONNECT_TIMEOUT_MILLIS,
              Math.toIntExact(settings.dialTimeout().toMillis()));
          keepAlive(channel);
          congestion(channel, algorithm);
          set(channel, ChannelOption.WRITE_BUFFER_WATER_MARK, writeQueue());
          more.set(channel);
        });
  }

  private void mark(Channel channel) {
    settings.mark().ifPresent(mark -> set(channel, MARK, mark));
  }

  private void keepAlive(Channel channel) {
    settings.keepAlive().ifPresent(keepAlive -> TcpOptions.keepAlive(channel, keepAlive));
  }

  private static void transparent(Channel channel) {
    set(channel, EpollChannelOption.IP_TRANSPARENT, true);
  }

  private SocketProtocolFamily family() {
    return settings.ipv6() ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
  }

  private interface Options<C> {
    void set(C channel);
  }

  private static <C extends Channel> C configured(C channel, Options<C> options) {
    try {
      options.set(channel);
      return channel;
    } catch (RuntimeException failure) {
      channel.unsafe().closeForcibly();
      throw failure;
    }
  }

  private <C> C create(Callable<C> creation) {
    return created(netns, creation);
  }

  private static <C> C created(Optional<Netns> netns, Callable<C> creation) {
    try {
      if (netns.isEmpty()) {
        return creation.call();
      }
      return Thread.currentThread().isVirtual()
          ? netns.get().call(creation)
          : netns.get().callHere(creation);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new ChannelException(failure);
    }
  }
}
