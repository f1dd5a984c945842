package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * One stream of a connection; its body is a {@link ByteStream}. Confined to the connection's event
 * loop.
 */
public final class H2Stream implements ByteStream {
  private final H2Connection connection;
  private final int id;

  H2Stream(H2Connection connection, int id) {
    this.connection = connection;
    this.id = id;
  }

  /** The number on the wire. */
  public int id() {
    return id;
  }

  public H2Connection connection() {
    return connection;
  }

  /**
   * Server role: sends a response head, or an interim (1xx) one first.
   *
   * @param headers not kept; may be reused at once
   * @param endStream the response has no body
   */
  public void sendHeaders(Headers headers, boolean endStream) {
    throw new UnsupportedOperationException();
  }

  /** Ends our side with trailers once the body written so far is out. The headers are copied. */
  public void sendTrailers(Headers trailers) {
    throw new UnsupportedOperationException();
  }

  /** As {@link #reset(Abort)}, with a code of the caller's choice. */
  public void reset(ErrorCode code) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventLoop loop() {
    return connection.loop();
  }

  @Override
  public void listen(Listener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(ByteBuf bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void flush() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void finish() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reset(Abort why) {
    reset(ErrorCode.of(why));
  }

  @Override
  public boolean writable() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void consumed(int bytes) {
    throw new UnsupportedOperationException();
  }
}
