package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on a {@link ServerConnection}, whose event loop it is confined to.
 */
final class ServerStream implements MessageStream {
  private final ServerConnection connection;
  private final boolean head;
  private final boolean keepAlive;
  private final boolean upgrade;
  private final boolean connect;
  private @Nullable StreamListener streamListener;
  private final BodyListener body;
  private @Nullable BodyWriter writer;
  private @Nullable Abort abortedEarly;
  private boolean closing;
  private boolean requestDone;
  private boolean finished;

  ServerStream(
      ServerConnection connection,
      boolean head,
      boolean keepAlive,
      boolean upgrade,
      boolean connect) {
    this.connection = connection;
    this.head = head;
    this.keepAlive = keepAlive;
    this.upgrade = upgrade;
    this.connect = connect;
    this.body = new BodyListener(connection.transport());
  }

  void announce(RequestHandler handler, Headers headers, boolean endStream) {
    requestDone = endStream;
    if (endStream) {
      body.finish();
    }
    StreamListener announced = handler.onRequest(this, headers, endStream);
    streamListener = announced;
    Abort early = abortedEarly;
    if (early != null) {
      announced.onReset(early);
    }
  }

  void deliver(ByteBuf bytes) {
    body.deliver(bytes);
  }

  void requestDone(Headers trailers) {
    requestDone = true;
    if (body.aborted()) {
      return;
    }
    StreamListener announced = streamListener;
    if (trailers.size() > 0 && announced != null) {
      announced.onTrailers(trailers);
    }
    body.finish();
  }

  /** The request's body is malformed. Answers if nothing has been answered yet. */
  void bodyFault(HeadFault fault) {
    boolean answered = writer != null;
    Abort why = new Abort(Abort.Reason.PROTOCOL, fault.name());
    abort(why);
    if (answered) {
      connection.close(why);
    } else {
      connection.answer(fault.status());
    }
  }

  void abort(Abort why) {
    if (body.aborted() || finished && requestDone || body.abort(why)) {
      return;
    }
    StreamListener announced = streamListener;
    if (announced != null) {
      announced.onReset(why);
    } else {
      abortedEarly = why;
    }
  }

  void writableAgain() {
    body.writableAgain();
  }

  void written(int bytes) {
    body.written(bytes);
  }

  @Override
  public EventLoop loop() {
    return connection.loop();
  }

  @Override
  public void listen(Listener listener) {
    if (body.listen(listener)) {
      connection.resume();
    }
  }

  @Override
  public void sendHeaders(Headers headers, boolean endStream) {
    int status = Statuses.of(headers);
    if (body.aborted() || finished || writer != null) {
      return;
    }
    if (status < 200 && status != 101) {
      interim(headers, status);
      return;
    }
    if (status == 101 && upgrade) {
      switchProtocols(headers);
      return;
    }
    HeadWriter out = HeadWriter.begin().statusLine(status).fields(headers);
    writer = frame(out, headers, status, endStream);
    if (connect && status / 100 == 2) {
      connection.transport().write(out.end());
      writer = BodyWriter.untilClose(connection.transport());
      connection.raw();
      return;
    }
    closing |= !keepAlive || connection.draining() || !requestDone && endStream;
    if (closing) {
      out.line("connection: close");
    } else if (connection.http10()) {
      out.line("connection: keep-alive");
    }
    connection.transport().write(out.end());
    if (endStream) {
      finish();
    }
  }

  private void interim(Headers headers, int status) {
    // RFC 9110 §15.2: an HTTP/1.0 client does not know interim responses.
    if (!connection.http10()) {
      HeadWriter out = HeadWriter.begin().statusLine(status).fields(headers);
      connection.transport().write(out.end());
      connection.transport().flush();
    }
  }

  private void switchProtocols(Headers headers) {
    HeadWriter out = HeadWriter.begin().statusLine(101).fields(headers);
    out.line("connection: upgrade").line("upgrade: websocket");
    connection.transport().write(out.end());
    connection.transport().flush();
    writer = BodyWriter.untilClose(connection.transport());
    requestDone = false;
    connection.raw();
  }

  private BodyWriter frame(HeadWriter out, Headers headers, int status, boolean endStream) {
    int length = headers.find(HeaderName.CONTENT_LENGTH);
    if (head || status == 204 || status == 304) {
      return BodyWriter.none(connection.transport());
    }
    if (length >= 0) {
      long declared =
          Framing.digits(headers.array(), headers.valueStart(length), headers.valueLength(length));
      return BodyWriter.length(connection.transport(), Math.max(declared, 0));
    }
    if (endStream) {
      out.line("content-length: 0");
      return BodyWriter.none(connection.transport());
    }
    if (connection.http10()) {
      closing = true;
      return BodyWriter.untilClose(connection.transport());
    }
    out.line("transfer-encoding: chunked");
    return BodyWriter.chunked(connection.transport());
  }

  @Override
  public void write(ByteBuf bytes) {
    BodyWriter to = writer;
    if (to == null || body.aborted() || finished) {
      bytes.release();
      return;
    }
    int length = bytes.readableBytes();
    if (!to.write(bytes)) {
      reset(new Abort(Abort.Reason.PROTOCOL, "more body than content-length"));
      return;
    }
    body.queued(length);
  }

  @Override
  public void flush() {
    connection.transport().flush();
  }

  @Override
  public void finish() {
    end(Statuses.NONE);
  }

  @Override
  public void sendTrailers(Headers trailers) {
    end(trailers);
  }

  private void end(Headers trailers) {
    BodyWriter to = writer;
    if (to == null || body.aborted() || finished) {
      return;
    }
    finished = true;
    if (!to.finish(trailers)) {
      // The peer must not take a short body for a whole one.
      finished = false;
      reset(Abort.TRUNCATED);
      return;
    }
    body.settle();
    connection.responseDone(!closing && !to.untilClose());
  }

  /** HTTP/1 can only cut the connection. */
  @Override
  public void reset(Abort why) {
    if (body.aborted() || finished && requestDone) {
      return;
    }
    body.silence();
    connection.close(why);
  }

  @Override
  public boolean writable() {
    return connection.transport().writable();
  }

  @Override
  public void consumed(int bytes) {
    connection.transport().consumed(bytes);
  }
}
