package dev.marrow.http.h1;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * One request and its response on a {@link ClientConnection}, whose event loop it is confined to.
 */
final class ClientStream implements MessageStream {
  private final ClientConnection connection;
  private final StreamListener streamListener;
  private final boolean upgrade;
  private BodyWriter writer;
  private final BodyListener body;
  private boolean requestDone;
  private boolean responseDone;
  private boolean ended;

  ClientStream(ClientConnection connection, StreamListener streamListener, boolean upgrade) {
    this.connection = connection;
    this.streamListener = streamListener;
    this.upgrade = upgrade;
    this.body = new BodyListener(connection.transport());
    this.writer = BodyWriter.none(connection.transport());
  }

  boolean listening() {
    return body.present();
  }

  boolean upgrade() {
    return upgrade;
  }

  void send(Headers headers, boolean endStream) {
    HeadWriter out = HeadWriter.begin();
    value(out, headers, HeaderName.METHOD).text(" ");
    if (headers.contains(HeaderName.PATH)) {
      value(out, headers, HeaderName.PATH);
    } else {
      value(out, headers, HeaderName.AUTHORITY);
    }
    out.line(" HTTP/1.1").text("host: ");
    value(out, headers, HeaderName.AUTHORITY).crlf().fields(upgrade ? bodiless(headers) : headers);
    int protocol = headers.find(HeaderName.PROTOCOL);
    if (protocol >= 0) {
      out.line("connection: upgrade").text("upgrade: ").value(headers, protocol).crlf();
    } else {
      frame(out, headers, endStream);
    }
    connection.transport().write(out.end());
    connection.transport().flush();
    requestDone = endStream && !upgrade;
  }

  /**
   * What goes with an upgrade is no body. A server that declines would wait for one of this length,
   * and take it from the next request on the connection.
   */
  private static Headers bodiless(Headers headers) {
    if (!headers.contains(HeaderName.CONTENT_LENGTH)) {
      return headers;
    }
    Headers without = headers.copy();
    without.remove(HeaderName.CONTENT_LENGTH);
    return without;
  }

  private static HeadWriter value(HeadWriter out, Headers headers, HeaderName name) {
    int index = headers.find(name);
    return index < 0 ? out : out.value(headers, index);
  }

  private void frame(HeadWriter out, Headers headers, boolean endStream) {
    int length = headers.find(HeaderName.CONTENT_LENGTH);
    if (length >= 0) {
      long declared =
          Framing.digits(headers.array(), headers.valueStart(length), headers.valueLength(length));
      writer = BodyWriter.length(connection.transport(), Math.max(declared, 0));
    } else if (!endStream) {
      out.line("transfer-encoding: chunked");
      writer = BodyWriter.chunked(connection.transport());
    } else if (!headers.valueIs(0, "GET") && !headers.valueIs(0, "HEAD")) {
      // RFC 9110 §8.6: a method that gives a body a meaning says that there is none.
      out.line("content-length: 0");
    }
  }

  void head(Headers headers, boolean endStream) {
    streamListener.onHeaders(headers, endStream);
  }

  void upgraded(Headers headers) {
    writer = BodyWriter.untilClose(connection.transport());
    streamListener.onHeaders(headers, false);
  }

  void deliver(ByteBuf bytes) {
    body.deliver(bytes);
  }

  void responseDone(Headers trailers) {
    if (responseDone || ended) {
      return;
    }
    responseDone = true;
    if (trailers.size() > 0) {
      streamListener.onTrailers(trailers);
    }
    body.finish();
    if (!writer.untilClose() || requestDone) {
      settle();
    }
  }

  private void settle() {
    if (!ended) {
      ended = true;
      body.settle();
      body.silence();
      connection.exchangeDone(requestDone);
    }
  }

  void abort(Abort why) {
    if (ended) {
      return;
    }
    ended = true;
    if (!body.abort(why)) {
      streamListener.onReset(why);
    }
  }

  void writableAgain() {
    if (!ended) {
      body.writableAgain();
    }
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
    if (body.listen(listener) && !ended) {
      connection.resume();
    }
  }

  @Override
  public void sendHeaders(Headers headers, boolean endStream) {
    throw new IllegalStateException("head: sent already (client role)");
  }

  @Override
  public void write(ByteBuf bytes) {
    if (ended || requestDone) {
      bytes.release();
      return;
    }
    int length = bytes.readableBytes();
    if (writer.write(bytes)) {
      body.queued(length);
    } else {
      reset(new Abort(Abort.Reason.PROTOCOL, "more body than content-length"));
    }
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
    if (ended || requestDone) {
      return;
    }
    requestDone = true;
    if (!writer.finish(trailers)) {
      reset(Abort.TRUNCATED);
      return;
    }
    if (writer.untilClose()) {
      connection.transport().finish();
    } else {
      connection.transport().flush();
    }
    if (responseDone) {
      settle();
    }
  }

  /** HTTP/1 can only cut the connection. */
  @Override
  public void reset(Abort why) {
    if (!ended) {
      ended = true;
      body.silence();
      connection.close(why);
    }
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
