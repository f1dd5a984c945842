package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteBudget;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection in client or server role (RFC 9113), standing on any {@link ByteStream}: a
 * TLS or plain channel, or a stream of another connection. Confined to the transport's event loop.
 */
public final class H2Connection {
  private static final long DRAIN_PING = 0x4d61_7272_6f77_0001L;
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final ByteStream transport;
  private final boolean server;
  private final Settings settings;
  private final Limits limits;
  private final ConnectionListener listener;
  private final StreamTable streams = new StreamTable();
  private final FrameWriter writer;
  private final Guard guard;
  private final Outbound outbound;
  private final Inbound inbound;
  private final PeerSettings peer;
  private final KeepAlive keepAlive;
  private @Nullable Future<?> settingsTimer;
  private @Nullable Future<?> stallTimer;
  private @Nullable Future<?> drainTimer;
  private boolean announced;
  private boolean acknowledged;
  private boolean goAwayReceived;
  private boolean draining;
  private boolean closed;
  private int lastAcceptedStream = Integer.MAX_VALUE;
  private int nextStream = 1;

  private H2Connection(
      ByteStream transport,
      boolean server,
      Settings settings,
      Limits limits,
      ConnectionListener listener) {
    this.transport = transport;
    this.server = server;
    this.settings = settings;
    this.limits = limits;
    this.listener = listener;
    writer = new FrameWriter(transport);
    guard = new Guard(limits, System::nanoTime);
    outbound = new Outbound(transport, writer, guard);
    peer = new PeerSettings(!server, settings.assumedPeerStreams());
    var credit = new ConnectionCredit(writer, settings, limits, listener::onLimit);
    inbound = new Inbound(this, streams, writer, guard, credit);
    Runnable dead = () -> expired(Limit.PING_TIMEOUT, ErrorCode.NO_ERROR, "PING: no answer");
    keepAlive = new KeepAlive(transport.loop(), writer, settings, dead);
  }

  /**
   * Sends the preface and SETTINGS at once; streams may be opened without waiting for the peer's.
   */
  public static H2Connection client(
      ByteStream transport, Settings settings, Limits limits, ConnectionListener listener) {
    return new H2Connection(transport, false, settings, limits, listener).start();
  }

  /** Sends SETTINGS and waits for the client's preface. */
  public static H2Connection server(
      ByteStream transport, Settings settings, Limits limits, ConnectionListener listener) {
    return new H2Connection(transport, true, settings, limits, listener).start();
  }

  private H2Connection start() {
    if (!server) {
      writer.preface();
    }
    writer.settings(settings, server);
    settingsTimer =
        after(
            settings.settingsTimeout(),
            () -> expired(Limit.SETTINGS_TIMEOUT, ErrorCode.SETTINGS_TIMEOUT, "SETTINGS: late"));
    stallTimer = after(limits.windowStall(), this::checkStalls);
    keepAlive.start();
    var reader = new FrameReader(inbound, settings.maxFrameBytes(), limits, this::closed);
    transport.listen(new TransportListener(this, transport, outbound, writer, reader));
    return this;
  }

  public EventLoop loop() {
    return transport.loop();
  }

  /**
   * What all streams of this connection have received and not passed on counts towards {@code
   * group} from now on. Call once.
   */
  public H2Connection chargeTo(ByteBudget group) {
    inbound.chargeTo(group);
    return this;
  }

  /**
   * Opens a stream (client role) and sends its head at the end of this turn. Call only while {@link
   * #availableStreams()} is above zero.
   *
   * @param headers not kept; may be reused at once
   * @param endStream the request has no body
   */
  public H2Stream open(Headers headers, boolean endStream, StreamListener streamListener) {
    if (availableStreams() <= 0) {
      throw new IllegalStateException("availableStreams: 0 (expected: >= 1)");
    }
    H2Stream stream = newStream(nextStream);
    nextStream += 2;
    stream.requested(headers, streamListener);
    streams.add(stream);
    stream.sendHeaders(headers, endStream);
    return stream;
  }

  /** How many streams can be opened now; zero when draining, closed, or out of stream numbers. */
  public int availableStreams() {
    return accepting() ? Math.max(peer.maxConcurrentStreams() - streams.size(), 0) : 0;
  }

  /** Streams that have not ended. */
  public int openStreams() {
    return streams.size();
  }

  /** Whether the peer's SETTINGS have arrived. */
  public boolean ready() {
    return peer.received();
  }

  /** Whether streams may still be opened: neither side said GOAWAY and the transport lives. */
  public boolean accepting() {
    return !server && !closed && !draining && !goAwayReceived && nextStream > 0;
  }

  /** Whether the peer allows {@code :protocol} in CONNECT (RFC 8441). */
  public boolean peerAllowsExtendedConnect() {
    return peer.extendedConnect();
  }

  /**
   * Ends gently: GOAWAY with the highest number, after a round trip (PING) with the real one; the
   * transport closes when the last stream has ended, or after {@code grace} by {@link #close}
   * (zero: never).
   */
  public void drain(Duration grace) {
    if (closed || draining) {
      return;
    }
    draining = true;
    drainTimer = after(grace, () -> close(ErrorCode.NO_ERROR, "drained: grace is over"));
    // A client that has only just come may have sent requests behind its preface.
    if (server) {
      writer.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, "");
      writer.ping(false, DRAIN_PING);
    } else {
      secondGoAway();
    }
  }

  private void secondGoAway() {
    lastAcceptedStream = server ? inbound.lastPeerStream() : 0;
    writer.goAway(lastAcceptedStream, ErrorCode.NO_ERROR, "");
    closeIfDrained();
  }

  private void closeIfDrained() {
    boolean told = draining && lastAcceptedStream != Integer.MAX_VALUE;
    if ((told || goAwayReceived) && streams.size() == 0 && !closed) {
      shut(new ConnectionListener.Closed(ErrorCode.NO_ERROR, !told, "drained"), Abort.CANCELLED);
    }
  }

  /** Says GOAWAY, resets all streams and closes the transport. */
  public void close(ErrorCode code, String detail) {
    if (!closed) {
      writer.goAway(inbound.lastPeerStream(), code, detail);
      var why = new ConnectionListener.Closed(code, false, detail);
      shut(why, Abort.of(Abort.Reason.CONNECTION_LOST, detail));
    }
  }

  private void expired(Limit limit, ErrorCode code, String detail) {
    if (!closed) {
      listener.onLimit(limit);
      close(code, detail);
    }
  }

  /** The transport ended, or we end it: streams are told, then the listener. */
  void shut(ConnectionListener.Closed why, Abort streamsEnd) {
    if (closed) {
      return;
    }
    closed = true;
    // What streams that ended in order have sent is still to arrive, at a reader that may be slow.
    boolean whole = streams.size() == 0 && settings.pingTimeout().compareTo(LINGER) > 0;
    Duration linger = whole ? settings.pingTimeout() : LINGER;
    for (Future<?> timer : new Future<?>[] {settingsTimer, stallTimer, drainTimer}) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
    keepAlive.stop();
    streams.forEach(stream -> {
      stream.abort(streamsEnd);
      streams.remove(stream, true);
    });
    outbound.clear();
    inbound.end();
    transport.finish();
    // A peer that does not close its side must not keep the socket.
    after(linger, () -> transport.reset(Abort.CANCELLED));
    listener.onClosed(why);
  }

  private void checkStalls() {
    streams.forEach(stream -> {
      if (stream.stalled()) {
        listener.onLimit(Limit.WINDOW_STALL);
        writer.resetStream(stream.id(), ErrorCode.ENHANCE_YOUR_CALM);
        stream.abort(Abort.of(Abort.Reason.TIMEOUT, "window: shut for too long"));
        ended(stream, true);
      }
    });
    stallTimer = after(limits.windowStall(), this::checkStalls);
  }

  private @Nullable Future<?> after(Duration delay, Runnable action) {
    return delay.isPositive()
        ? loop().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS)
        : null;
  }

  // For the parts of this connection.

  boolean server() {
    return server;
  }

  boolean closed() {
    return closed;
  }

  Settings settings() {
    return settings;
  }

  Limits limits() {
    return limits;
  }

  FrameWriter writer() {
    return writer;
  }

  Outbound outbound() {
    return outbound;
  }

  Inbound inbound() {
    return inbound;
  }

  PeerSettings peer() {
    return peer;
  }

  int lastAcceptedStream() {
    return lastAcceptedStream;
  }

  /** Whether nobody has opened the stream yet (RFC 9113 §5.1). */
  boolean idle(int id) {
    boolean clients = (id & 1) == 1;
    if (server) {
      return !clients || id > inbound.lastPeerStream();
    }
    return !clients || nextStream > 0 && id >= nextStream;
  }

  H2Stream accepted(int id) {
    H2Stream stream = newStream(id);
    streams.add(stream);
    return stream;
  }

  /** Hands a request to the listener. */
  void dispatch(H2Stream stream, Headers headers, boolean endStream) {
    if (endStream) {
      stream.receiveEnd();
    }
    stream.head(listener.onStream(stream, headers, endStream));
  }

  private H2Stream newStream(int id) {
    int window = settings.streamWindowBytes();
    // Until it has seen our SETTINGS the peer goes by the protocol's default.
    int granted = acknowledged ? window : Math.max(window, Settings.DEFAULT_WINDOW);
    return new H2Stream(this, id, outbound.initialStreamWindow(), granted);
  }

  void settingsAcknowledged() {
    if (acknowledged) {
      return;
    }
    acknowledged = true;
    cancelSettingsTimer();
    int difference = Math.min(settings.streamWindowBytes() - Settings.DEFAULT_WINDOW, 0);
    streams.forEach(stream -> stream.receiveQueue().shift(difference));
  }

  void settingsReceived() {
    cancelSettingsTimer();
    if (!announced) {
      announced = true;
      listener.onReady();
    } else {
      listener.onStreamsAvailable();
    }
  }

  private void cancelSettingsTimer() {
    if (settingsTimer != null && acknowledged && peer.received()) {
      settingsTimer.cancel(false);
      settingsTimer = null;
    }
  }

  void pingAnswered(long payload) {
    if (payload != DRAIN_PING) {
      keepAlive.answered(payload);
    } else if (draining && lastAcceptedStream == Integer.MAX_VALUE) {
      secondGoAway();
    }
  }

  void goAwayReceived(int lastStream, ErrorCode code) {
    goAwayReceived = true;
    if (!server) {
      Abort refused = Abort.of(Abort.Reason.REFUSED, "GOAWAY " + code);
      streams.forEach(stream -> {
        if (stream.id() > lastStream) {
          stream.abort(refused);
          streams.remove(stream, true);
        }
      });
    }
    listener.onGoAway(lastStream, code);
    closeIfDrained();
  }

  /** A stream is over, one way or the other. */
  void ended(H2Stream stream, boolean resetByUs) {
    if (closed) {
      return;
    }
    streams.remove(stream, resetByUs);
    listener.onStreamsAvailable();
    closeIfDrained();
  }

  void limitReached(Limit limit) {
    listener.onLimit(limit);
  }
}
