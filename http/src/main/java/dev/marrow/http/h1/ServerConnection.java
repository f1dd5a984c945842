package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of an HTTP/1 connection (RFC 9112), on any {@link ByteStream}. Requests are
 * read one at a time: a pipelined one waits, unread, until the response in front of it is out.
 * After a malformed one the connection is answered and closed, since nobody knows where the next
 * begins. Confined to the transport's event loop.
 */
public final class ServerConnection implements ByteStream.Listener {
  private enum State {
    HEAD,
    BODY,
    /** The request is whole; its response is not. */
    RESPONSE,
    /** After an upgrade: bytes both ways. */
    RAW,
    /** Our side is closed; what still comes is dropped, so that the peer reads our last answer. */
    DISCARD,
    CLOSED
  }

  /** How long a peer may go on sending what nobody reads. */
  private static final long LINGER_SECONDS = 2;

  private final ByteStream transport;
  private final Timeouts timeouts;
  private final RequestHandler handler;
  private final RequestReader request;
  private final BodyReader body;
  private State state = State.HEAD;
  private @Nullable ServerStream stream;
  private @Nullable ByteBuf pending;
  private int delivered;
  private boolean processing;
  private boolean peerFinished;
  private boolean draining;
  private boolean paused;
  private long since;

  private ServerConnection(
      ByteStream transport, Limits limits, Timeouts timeouts, RequestHandler handler) {
    this.transport = transport;
    this.timeouts = timeouts;
    this.handler = handler;
    this.request = new RequestReader(limits);
    this.body = new BodyReader(limits);
  }

  /** Starts serving what arrives on {@code transport}. */
  public static ServerConnection serve(
      ByteStream transport, Limits limits, Timeouts timeouts, RequestHandler handler) {
    ServerConnection connection = new ServerConnection(transport, limits, timeouts, handler);
    connection.request.reset();
    connection.since = System.nanoTime();
    Watch.start(connection, timeouts);
    transport.listen(connection);
    return connection;
  }

  public EventLoop loop() {
    return transport.loop();
  }

  /** Says {@code connection: close} with the next response. */
  public void drain() {
    draining = true;
  }

  /** Closes unless a request has begun. */
  public void closeIfIdle() {
    if (state == State.HEAD && !request.started()) {
      closeGently();
    }
  }

  /** Ends the connection and the request on it. */
  public void close(Abort why) {
    transport.reset(why);
    onReset(why);
  }

  ByteStream transport() {
    return transport;
  }

  boolean draining() {
    return draining;
  }

  boolean http10() {
    return request.http10();
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    pending = Joined.of(pending, bytes);
    process();
  }

  /** Goes on with what is waiting, unless we are already doing so further up the stack. */
  void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (step()) {}
    } finally {
      processing = false;
    }
    if (peerFinished && pending == null) {
      ended();
    }
  }

  /** Takes one step; false if there is nothing to do. */
  private boolean step() {
    ByteBuf in = pending;
    if (in == null || paused && state == State.BODY) {
      return false;
    }
    int before = in.readableBytes();
    delivered = 0;
    boolean more =
        switch (state) {
          // Who does not read answers gets no more of them.
          case HEAD -> transport.writable() && head(in);
          case BODY -> body(in);
          case RAW -> raw(in);
          case DISCARD, CLOSED -> discard(in);
          case RESPONSE -> false;
        };
    transport.consumed(before - in.readableBytes() - delivered);
    if (!in.isReadable()) {
      in.release();
      pending = null;
      return false;
    }
    return more;
  }

  private boolean discard(ByteBuf in) {
    in.skipBytes(in.readableBytes());
    return false;
  }

  private boolean raw(ByteBuf in) {
    deliver(in.readRetainedSlice(in.readableBytes()));
    return false;
  }

  private void deliver(ByteBuf bytes) {
    delivered += bytes.readableBytes();
    ServerStream to = stream;
    if (to == null) {
      transport.consumed(bytes.readableBytes());
      bytes.release();
    } else {
      to.deliver(bytes);
    }
  }

  private boolean head(ByteBuf in) {
    if (!request.started()) {
      since = System.nanoTime();
    }
    switch (request.read(in)) {
      case MORE -> {
        return false;
      }
      case FAILED -> {
        refuse(request.fault());
        return true;
      }
      case COMPLETE -> {
        begin();
        return true;
      }
    }
    return true;
  }

  private void begin() {
    Headers headers = request.headers();
    HeadFault expectation = RequestOptions.expectation(headers, request.body() != 0);
    if (expectation != HeadFault.NONE) {
      refuse(expectation);
      return;
    }
    boolean keepAlive = !draining && RequestOptions.keepAlive(headers, request.http10());
    String protocol = Upgrades.requested(headers, request);
    HopByHop.strip(headers);
    if (!protocol.isEmpty()) {
      headers.add(HeaderName.PROTOCOL, protocol);
    }
    boolean upgrade = !protocol.isEmpty();
    boolean empty = request.body() == 0 && !upgrade;
    ServerStream next =
        new ServerStream(this, headers.valueIs(0, "HEAD"), keepAlive, upgrade, request.connect());
    stream = next;
    body.begin(request.body());
    // An upgrade's bytes wait until the answer has come: before it they might be a request.
    state = empty ? State.RESPONSE : upgrade ? State.RESPONSE : State.BODY;
    paused = state == State.BODY;
    next.announce(handler, headers, empty);
  }

  private boolean body(ByteBuf in) {
    body.read(in, this::deliver);
    if (body.failed()) {
      ServerStream failed = stream;
      stream = null;
      state = State.RESPONSE;
      handler.onFault(body.fault());
      if (failed != null) {
        failed.bodyFault(body.fault());
      }
      return true;
    }
    if (body.done()) {
      state = State.RESPONSE;
      ServerStream whole = stream;
      if (whole != null) {
        whole.requestDone(body.trailers());
      }
    }
    return true;
  }

  /** The body's listener has come: what waited may go on. */
  void resume() {
    paused = false;
    process();
  }

  /** The final head of an accepted upgrade is out. */
  void raw() {
    state = State.RAW;
    process();
  }

  /** The response is out; {@code reuse} unless something about it ends the connection. */
  void responseDone(boolean reuse) {
    boolean whole = state == State.RESPONSE;
    stream = null;
    transport.flush();
    if (!reuse || !whole || draining) {
      closeGently();
      return;
    }
    state = State.HEAD;
    paused = false;
    since = System.nanoTime();
    request.reset();
    process();
  }

  private void refuse(HeadFault fault) {
    handler.onFault(fault);
    answer(fault.status());
  }

  /** Answers a request nobody has seen, and closes. */
  void answer(int status) {
    transport.write(
        HeadWriter.begin()
            .statusLine(status)
            .line("content-length: 0")
            .line("connection: close")
            .end());
    closeGently();
  }

  /**
   * Closes our side and lets the peer finish. Closing both at once could make the peer's kernel
   * drop our answer, because bytes it sent meet a closed socket (RFC 9112 §9.6).
   */
  void closeGently() {
    if (state == State.DISCARD || state == State.CLOSED) {
      return;
    }
    state = State.DISCARD;
    transport.finish();
    if (peerFinished) {
      ended();
    } else {
      loop().schedule(this::lingered, LINGER_SECONDS, TimeUnit.SECONDS);
    }
    process();
  }

  private void lingered() {
    if (state != State.CLOSED) {
      close(Abort.CANCELLED);
    }
  }

  @Override
  public void onFinish() {
    peerFinished = true;
    process();
  }

  /** The peer sends no more, and all it sent has been taken. */
  private void ended() {
    switch (state) {
      case HEAD, DISCARD -> {
        transport.finish();
        over();
      }
      case BODY -> {
        ServerStream cut = stream;
        stream = null;
        transport.reset(Abort.TRUNCATED);
        if (cut != null) {
          cut.abort(Abort.TRUNCATED);
        }
        over();
      }
      case RAW -> {
        ServerStream whole = stream;
        if (whole != null) {
          whole.requestDone(body.trailers());
        }
      }
      // Half-closed by the client: it still waits for its answer.
      case RESPONSE, CLOSED -> {}
    }
  }

  @Override
  public void onReset(Abort why) {
    if (state == State.CLOSED) {
      return;
    }
    ServerStream cut = stream;
    stream = null;
    over();
    if (cut != null) {
      cut.abort(why);
    }
  }

  private void over() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    ByteBuf waiting = pending;
    pending = null;
    if (waiting != null && !processing) {
      transport.consumed(waiting.readableBytes());
      waiting.release();
    } else {
      pending = waiting;
    }
    handler.onClosed();
  }

  @Override
  public void onWritable() {
    ServerStream to = stream;
    if (to != null) {
      to.writableAgain();
    }
    process();
  }

  @Override
  public void onWritten(int bytes) {
    ServerStream to = stream;
    if (to != null) {
      to.written(bytes);
    }
  }

  /** Looks whether the client keeps us waiting for too long; called now and then. */
  void look(long now) {
    long waited = now - since;
    if (state == State.HEAD && request.started() && waited > timeouts.head().toNanos()) {
      handler.onFault(HeadFault.HEAD_TIMEOUT);
      answer(HeadFault.HEAD_TIMEOUT.status());
    } else if (state == State.HEAD && waited > timeouts.idle().toNanos()) {
      closeGently();
    }
  }

  boolean closed() {
    return state == State.CLOSED;
  }
}
