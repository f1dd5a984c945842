package dev.marrow.http.h2;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a connection; its body is a {@link ByteStream}. Confined to the connection's event
 * loop.
 */
public final class H2Stream implements MessageStream {
  private static final int HIGH_WATERMARK = 512 << 10;
  private static final int LOW_WATERMARK = 256 << 10;

  private final H2Connection connection;
  private final int id;
  private final SendQueue sendQueue;
  private final ReceiveQueue receiveQueue;
  private @Nullable StreamListener head;
  private @Nullable Listener body;

  // Our side.
  private boolean headSent;
  private boolean endQueued;
  private boolean localEnded;
  private boolean enqueued;
  private boolean full;
  private int unreported;
  private @Nullable Headers trailers;

  // The peer's side.
  private Request request = Request.OTHER;
  private boolean headReceived;
  private boolean remoteEnded;
  private boolean tunnel;
  private boolean restRefused;
  private boolean gone;
  private @Nullable Abort aborted;

  H2Stream(H2Connection connection, int id, int sendWindow, int receiveWindow) {
    this.connection = connection;
    this.id = id;
    this.sendQueue = new SendQueue(sendWindow);
    this.receiveQueue = new ReceiveQueue(receiveWindow);
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
    if (localEnded || endQueued) {
      return;
    }
    connection.writer().headers(id, headers, endStream);
    headSent |= HeaderRules.status(headers) >= 200;
    if (endStream) {
      endLocal();
    }
  }

  /** Ends our side with trailers once the body written so far is out. The headers are copied. */
  public void sendTrailers(Headers headers) {
    if (!endQueued && !localEnded) {
      trailers = headers.copy();
      finish();
    }
  }

  /** As {@link #reset(Abort)}, with a code of the caller's choice. */
  public void reset(ErrorCode code) {
    if (code == ErrorCode.CONNECT_ERROR && !gone) {
      // What the far end sent before it reset its connection was meant to arrive.
      connection.outbound().sendAll(this);
    }
    boolean over = gone;
    close();
    connection.inbound().released(receiveQueue.forget());
    if (!over) {
      connection.writer().resetStream(id, code);
      connection.ended(this, true);
    }
  }

  /** Whether a final response head was sent (server role). */
  public boolean headSent() {
    return headSent;
  }

  /** Whether both sides have ended, or the stream was reset. */
  public boolean closed() {
    return gone;
  }

  @Override
  public EventLoop loop() {
    return connection.loop();
  }

  /**
   * As long as nobody listens, keeps at most so much of the body; a peer that sends more is reset
   * with ENHANCE_YOUR_CALM. Without this the stream's window is the bound.
   */
  public void keepAtMost(int bytes) {
    receiveQueue.keepAtMost(bytes);
  }

  /** Starts delivery; on a stream that was reset meanwhile, says so at once. */
  @Override
  public void listen(Listener listener) {
    body = listener;
    if (tunnel) {
      // It has had its head and gets no trailers; who waited for it may hold much.
      head = null;
    }
    if (unreported > 0) {
      listener.onWritten(unreported);
    }
    receiveQueue.deliverTo(listener);
    if (aborted != null) {
      listener.onReset(aborted);
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    if (gone || localEnded || endQueued || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    sendQueue.add(bytes);
    full |= sendQueue.bytes() > HIGH_WATERMARK;
  }

  @Override
  public void flush() {
    if (!sendQueue.isEmpty()) {
      connection.outbound().offer(this);
    }
  }

  @Override
  public void finish() {
    if (gone || localEnded || endQueued) {
      return;
    }
    endQueued = true;
    connection.outbound().offer(this);
  }

  @Override
  public void reset(Abort why) {
    reset(ErrorCode.of(why));
  }

  @Override
  public boolean writable() {
    return !full && !gone;
  }

  @Override
  public void consumed(int bytes) {
    connection.inbound().released(receiveQueue.consumed(bytes));
    boolean none = remoteEnded || gone || restRefused && (tunnel || !localEnded);
    int credit = none ? 0 : receiveQueue.credit(connection.settings());
    if (credit > 0 && restRefused) {
      reset(ErrorCode.NO_ERROR);
    } else if (credit > 0) {
      connection.writer().windowUpdate(id, credit);
    }
  }

  // What the connection does with the sending side.

  SendQueue sendQueue() {
    return sendQueue;
  }

  boolean localEnded() {
    return localEnded || gone;
  }

  boolean endQueued() {
    return endQueued;
  }

  /** Whether the last DATA frame carries END_STREAM. */
  boolean endsWithData() {
    return endQueued && trailers == null;
  }

  /** Marks the stream as waiting for its turn; false if it already was. */
  boolean enqueue() {
    boolean first = !enqueued;
    enqueued = true;
    return first;
  }

  void dequeued() {
    enqueued = false;
  }

  /** A DATA frame of ours has been handed to the transport. */
  void sent(int bytes, boolean end) {
    Listener listener = body;
    if (end) {
      endLocal();
    }
    if (listener == null) {
      unreported += bytes;
      return;
    }
    if (bytes > 0) {
      listener.onWritten(bytes);
    }
    if (full && sendQueue.bytes() < LOW_WATERMARK && !localEnded()) {
      full = false;
      listener.onWritable();
    }
  }

  /** The queue is empty: END_STREAM, if that is what comes next. */
  void sendEnd(FrameWriter writer) {
    if (!endQueued) {
      return;
    }
    if (trailers != null) {
      writer.headers(id, trailers, true);
    } else {
      writer.end(id);
    }
    endLocal();
  }

  private void endLocal() {
    localEnded = true;
    endQueued = true;
    closeIfEnded();
  }

  @Override
  public void refuseRest() {
    restRefused = true;
    consumed(0);
  }

  // What the connection does with the receiving side.

  ReceiveQueue receiveQueue() {
    return receiveQueue;
  }

  void head(StreamListener listener) {
    head = listener;
  }

  /** What kind of request this was (client role): it decides what the response may carry. */
  enum Request {
    CONNECT,
    HEAD,
    OTHER
  }

  void requested(Headers headers, StreamListener listener) {
    head = listener;
    int method = headers.find(HeaderName.METHOD);
    if (method >= 0 && headers.valueIs(method, "CONNECT")) {
      request = Request.CONNECT;
    } else if (method >= 0 && headers.valueIs(method, "HEAD")) {
      request = Request.HEAD;
    }
  }

  Request request() {
    return request;
  }

  boolean headReceived() {
    return headReceived;
  }

  void headReceived(long contentLength, boolean isTunnel) {
    headReceived = true;
    tunnel = isTunnel;
    receiveQueue.expect(contentLength);
  }

  boolean tunnel() {
    return tunnel;
  }

  boolean remoteEnded() {
    return remoteEnded;
  }

  void receiveHead(Headers headers, boolean endStream) {
    StreamListener listener = head;
    if (listener != null && !gone) {
      listener.onHeaders(headers, endStream);
    }
  }

  void receiveTrailers(Headers headers) {
    StreamListener listener = head;
    if (listener != null && !gone) {
      listener.onTrailers(headers);
    }
  }

  /** Delivers or keeps a part of the body; owns it. */
  void receive(ByteBuf part) {
    if (gone) {
      part.release();
      return;
    }
    connection.inbound().charged(receiveQueue.charge(part.readableBytes()));
    if (body != null) {
      body.onBytes(part);
    } else if (!receiveQueue.keep(part)) {
      abort(Abort.of(Abort.Reason.FLOOD, "body: too much before the answer"));
      connection.writer().resetStream(id, ErrorCode.ENHANCE_YOUR_CALM);
      connection.ended(this, true);
    }
  }

  /** END_STREAM: the listener is told once it has everything before. */
  void receiveEnd() {
    if (gone || remoteEnded) {
      return;
    }
    remoteEnded = true;
    Listener listener = body;
    closeIfEnded();
    if (listener == null) {
      receiveQueue.keepFinish();
    } else {
      listener.onFinish();
    }
  }

  /** The stream is over for a reason that its listener has yet to hear. */
  void abort(Abort why) {
    if (gone) {
      return;
    }
    close();
    if (body == null || !remoteEnded) { // Else it came whole, and its listener may hold it still.
      connection.inbound().released(receiveQueue.forget());
    }
    aborted = why;
    Listener listener = body;
    StreamListener first = head;
    if (listener != null) {
      listener.onReset(why);
    } else if (first != null) {
      first.onReset(why);
    }
  }

  /** Whether what is queued has not moved since the last call. */
  boolean stalled() {
    return sendQueue.stalled();
  }

  private void closeIfEnded() {
    if (localEnded && remoteEnded && !gone) {
      // What was received and is not consumed stays charged: its listener still holds it.
      gone = true;
      connection.ended(this, false);
    } else if (restRefused) {
      consumed(0);
    }
  }

  private void close() {
    gone = true;
    localEnded = true;
    if (enqueued) {
      connection.outbound().leave(this);
    }
    sendQueue.release();
    receiveQueue.release();
  }
}
