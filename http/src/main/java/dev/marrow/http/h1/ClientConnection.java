package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an HTTP/1 connection (RFC 9112), on any {@link ByteStream}: one request at a
 * time, never pipelined, since an answer could be taken for the wrong request's. Confined to the
 * transport's event loop.
 */
public final class ClientConnection implements ByteStream.Listener {
  /** Receives what concerns the connection as a whole, on its event loop. */
  public interface Handler {
    /** The exchange has ended and the connection can take another. */
    void onIdle(ClientConnection connection);

    /** The connection is over. Called once, last. */
    void onClosed(ClientConnection connection);
  }

  private enum State {
    IDLE,
    HEAD,
    BODY,
    RAW,
    CLOSED
  }

  private final ByteStream transport;
  private final Handler handler;
  private final ResponseReader response;
  private final BodyReader body;
  private State state = State.IDLE;
  private @Nullable ClientStream stream;
  private @Nullable ByteBuf pending;
  private int delivered;
  private boolean processing;
  private boolean peerFinished;
  private boolean paused;
  private boolean keepAlive;

  private ClientConnection(ByteStream transport, Limits limits, Handler handler) {
    this.transport = transport;
    this.handler = handler;
    this.response = new ResponseReader(limits);
    this.body = new BodyReader(limits);
  }

  public static ClientConnection on(ByteStream transport, Limits limits, Handler handler) {
    ClientConnection connection = new ClientConnection(transport, limits, handler);
    transport.listen(connection);
    return connection;
  }

  public EventLoop loop() {
    return transport.loop();
  }

  /** Whether a request can be sent now. */
  public boolean idle() {
    return state == State.IDLE;
  }

  /**
   * Sends a request's head; call only while {@link #idle()}. {@code :protocol} asks for an upgrade.
   *
   * @param headers not kept; may be reused at once
   */
  public MessageStream open(Headers headers, boolean endStream, StreamListener listener) {
    if (state != State.IDLE) {
      throw new IllegalStateException("state: " + state + " (expected: IDLE)");
    }
    boolean head = headers.valueIs(0, "HEAD");
    boolean upgrade = headers.contains(HeaderName.PROTOCOL);
    response.reset(head, headers.valueIs(0, "CONNECT") && !upgrade);
    state = State.HEAD;
    paused = false;
    keepAlive = true;
    ClientStream next = new ClientStream(this, listener, upgrade);
    stream = next;
    next.send(headers, endStream);
    return next;
  }

  /** Ends the connection and the exchange on it. */
  public void close(Abort why) {
    if (state != State.CLOSED) {
      transport.reset(why);
      onReset(why);
    }
  }

  /** Ends an idle connection by closing our side. */
  public void closeIdle() {
    if (state == State.IDLE) {
      transport.finish();
      closed();
    }
  }

  ByteStream transport() {
    return transport;
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    pending = Joined.of(pending, bytes);
    process();
  }

  private void process() {
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

  private boolean step() {
    ByteBuf in = pending;
    if (in == null || paused && state != State.CLOSED) {
      return false;
    }
    int before = in.readableBytes();
    delivered = 0;
    switch (state) {
      case HEAD -> head(in);
      case BODY -> body(in);
      case RAW -> deliver(in.readRetainedSlice(in.readableBytes()));
      case IDLE -> {
        // Nobody asked: an answer to nothing, or one that is longer than it said.
        close(new Abort(Abort.Reason.PROTOCOL, "bytes without a request"));
      }
      case CLOSED -> in.skipBytes(in.readableBytes());
    }
    transport.consumed(before - in.readableBytes() - delivered);
    if (!in.isReadable()) {
      in.release();
      pending = null;
      return false;
    }
    return true;
  }

  private void deliver(ByteBuf bytes) {
    delivered += bytes.readableBytes();
    ClientStream to = stream;
    if (to == null) {
      transport.consumed(bytes.readableBytes());
      bytes.release();
    } else {
      to.deliver(bytes);
    }
  }

  private void head(ByteBuf in) {
    switch (response.read(in)) {
      case MORE -> {}
      case FAILED -> close(new Abort(Abort.Reason.PROTOCOL, response.fault().name()));
      case COMPLETE -> begin();
    }
  }

  private void begin() {
    ClientStream to = stream;
    if (to == null) {
      return;
    }
    int status = response.status();
    Headers headers = response.headers();
    boolean close = HopByHop.connectionHas(headers, "close");
    boolean stay = HopByHop.connectionHas(headers, "keep-alive");
    HopByHop.strip(headers);
    if (status == 101) {
      upgraded(to, headers);
      return;
    }
    if (status < 200) {
      to.head(headers, false);
      response.next();
      return;
    }
    keepAlive = !close && (!response.http10() || stay) && response.body() != Framing.UNTIL_CLOSE;
    body.begin(response.body());
    boolean empty = body.done();
    state = State.BODY;
    paused = !empty && !to.listening();
    to.head(headers, empty);
    if (empty) {
      to.responseDone(body.trailers());
    }
  }

  private void upgraded(ClientStream to, Headers headers) {
    if (!to.upgrade()) {
      close(new Abort(Abort.Reason.PROTOCOL, "101 without an upgrade"));
      return;
    }
    keepAlive = false;
    state = State.RAW;
    paused = !to.listening();
    to.upgraded(headers);
  }

  private void body(ByteBuf in) {
    body.read(in, this::deliver);
    ClientStream to = stream;
    if (body.failed()) {
      close(new Abort(Abort.Reason.PROTOCOL, body.fault().name()));
    } else if (body.done() && to != null) {
      to.responseDone(body.trailers());
    }
  }

  /** The body's listener has come: what waited may go on. */
  void resume() {
    paused = false;
    process();
  }

  /** Both sides of the exchange are done, or the response came before the request was out. */
  void exchangeDone(boolean requestDone) {
    stream = null;
    if (!keepAlive || !requestDone || peerFinished) {
      if (requestDone) {
        transport.finish();
      } else {
        transport.reset(Abort.CANCELLED);
      }
      closed();
      return;
    }
    ByteBuf more = pending;
    if (more != null && more.isReadable()) {
      // Whoever gets the connection next would take them for the answer to a request not yet sent.
      close(new Abort(Abort.Reason.PROTOCOL, "bytes behind the response"));
      return;
    }
    state = State.IDLE;
    handler.onIdle(this);
  }

  @Override
  public void onFinish() {
    peerFinished = true;
    process();
  }

  private void ended() {
    ClientStream to = stream;
    switch (state) {
      case IDLE -> {
        transport.finish();
        closed();
      }
      case HEAD -> {
        boolean nothing = !response.started();
        close(nothing ? new Abort(Abort.Reason.CONNECTION_LOST, "no answer") : Abort.TRUNCATED);
      }
      case BODY -> {
        if (!body.finish()) {
          close(Abort.TRUNCATED);
        } else if (to != null) {
          to.responseDone(body.trailers());
        }
      }
      case RAW -> {
        if (to != null) {
          to.responseDone(body.trailers());
        }
      }
      case CLOSED -> {}
    }
  }

  @Override
  public void onReset(Abort why) {
    if (state == State.CLOSED) {
      return;
    }
    ClientStream cut = stream;
    stream = null;
    closed();
    if (cut != null) {
      cut.abort(why);
    }
  }

  private void closed() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    ByteBuf waiting = pending;
    if (waiting != null && !processing) {
      pending = null;
      transport.consumed(waiting.readableBytes());
      waiting.release();
    }
    handler.onClosed(this);
  }

  @Override
  public void onWritable() {
    ClientStream to = stream;
    if (to != null) {
      to.writableAgain();
    }
  }

  @Override
  public void onWritten(int bytes) {
    ClientStream to = stream;
    if (to != null) {
      to.written(bytes);
    }
  }
}
