package dev.marrow.hbone;

import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.tls.MeshTls;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An HBONE server on loopback that hands every CONNECT to the test, and remembers connections and
 * their ends. Thread-safe.
 */
public final class TestTunnelServer implements AutoCloseable {
  private final Channel listener;
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<TunnelServer> open = new CopyOnWriteArrayList<>();
  private final List<TunnelServer.Ended> ended = new CopyOnWriteArrayList<>();
  private final List<String> malformed = new CopyOnWriteArrayList<>();
  private final List<dev.marrow.http.h2.Limit> limits = new CopyOnWriteArrayList<>();

  private TestTunnelServer(
      Loops loops,
      TestTls tls,
      SpiffeId as,
      ServerSettings settings,
      Consumer<InboundConnect> onConnect) {
    listener =
        loops.listen(channel -> {
          accepted.incrementAndGet();
          TunnelServer.start(
              channel, tls.server(as), MeshTls::peerId, settings, new Recorder(onConnect));
        });
  }

  public static TestTunnelServer start(
      Loops loops, TestTls tls, Consumer<InboundConnect> onConnect) {
    return start(loops, tls, ServerSettings.standard(), onConnect);
  }

  public static TestTunnelServer start(
      Loops loops, TestTls tls, ServerSettings settings, Consumer<InboundConnect> onConnect) {
    return new TestTunnelServer(loops, tls, TestTls.SERVER, settings, onConnect);
  }

  /** Accepts every CONNECT and relays it to {@code app}. */
  public static TestTunnelServer relayingTo(Loops loops, TestTls tls, InetSocketAddress app) {
    return start(
        loops,
        tls,
        connect ->
            loops.connect(
                app,
                stream ->
                    Relay.start(
                        connect.accept(ConnectHeaders.NONE),
                        stream,
                        RelaySettings.NO_TIMERS,
                        end -> {}),
                failure -> connect.refuse(503)));
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** TCP connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Connections that came up, in order. */
  public List<TunnelServer> open() {
    return open;
  }

  public List<TunnelServer.Ended> ended() {
    return ended;
  }

  /** What was wrong with requests that were no proper CONNECT. */
  public List<String> malformed() {
    return malformed;
  }

  public List<dev.marrow.http.h2.Limit> limits() {
    return limits;
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
  }

  private final class Recorder implements TunnelServer.Acceptor {
    private final Consumer<InboundConnect> onConnect;

    Recorder(Consumer<InboundConnect> onConnect) {
      this.onConnect = onConnect;
    }

    @Override
    public void onConnect(InboundConnect connect) {
      onConnect.accept(connect);
    }

    @Override
    public void onOpened(TunnelServer server, TunnelConnection connection) {
      open.add(server);
    }

    @Override
    public void onMalformed(TunnelConnection connection, int status, String why) {
      malformed.add(status + " " + why);
    }

    @Override
    public void onLimit(dev.marrow.http.h2.Limit limit) {
      limits.add(limit);
    }

    @Override
    public void onClosed(TunnelServer.Ended why) {
      ended.add(why);
    }
  }
}
