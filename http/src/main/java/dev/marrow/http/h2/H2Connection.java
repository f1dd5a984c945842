package dev.marrow.http.h2;

import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import io.netty.channel.EventLoop;
import java.time.Duration;

/**
 * One HTTP/2 connection in client or server role (RFC 9113), standing on any {@link ByteStream}: a
 * TLS or plain channel, or a stream of another connection. Confined to the transport's event loop.
 */
public final class H2Connection {
  private final ByteStream transport;

  private H2Connection(ByteStream transport) {
    this.transport = transport;
  }

  /**
   * Sends the preface and SETTINGS at once; streams may be opened without waiting for the peer's.
   */
  public static H2Connection client(
      ByteStream transport, Settings settings, Limits limits, ConnectionListener listener) {
    throw new UnsupportedOperationException();
  }

  /** Sends SETTINGS and waits for the client's preface. */
  public static H2Connection server(
      ByteStream transport, Settings settings, Limits limits, ConnectionListener listener) {
    throw new UnsupportedOperationException();
  }

  public EventLoop loop() {
    return transport.loop();
  }

  /**
   * Opens a stream (client role) and sends its head at the end of this turn. Call only while {@link
   * #availableStreams()} is above zero.
   *
   * @param headers not kept; may be reused at once
   * @param endStream the request has no body
   */
  public H2Stream open(Headers headers, boolean endStream, StreamListener listener) {
    throw new UnsupportedOperationException();
  }

  /** How many streams can be opened now; zero when draining, closed, or out of stream numbers. */
  public int availableStreams() {
    throw new UnsupportedOperationException();
  }

  /** Streams that have not ended. */
  public int openStreams() {
    throw new UnsupportedOperationException();
  }

  /** Whether the peer's SETTINGS have arrived. */
  public boolean ready() {
    throw new UnsupportedOperationException();
  }

  /** Whether streams may still be opened: neither side said GOAWAY and the transport lives. */
  public boolean accepting() {
    throw new UnsupportedOperationException();
  }

  /** Whether the peer allows {@code :protocol} in CONNECT (RFC 8441). */
  public boolean peerAllowsExtendedConnect() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends gently: GOAWAY with the highest number, after a round trip (PING) with the real one; the
   * transport closes when the last stream has ended, or after {@code grace} by {@link #close}.
   */
  public void drain(Duration grace) {
    throw new UnsupportedOperationException();
  }

  /** Says GOAWAY, resets all streams and closes the transport. */
  public void close(ErrorCode code, String detail) {
    throw new UnsupportedOperationException();
  }
}
