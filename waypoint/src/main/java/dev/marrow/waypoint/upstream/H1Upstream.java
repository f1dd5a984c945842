package dev.marrow.waypoint.upstream;

import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h1.ClientConnection;
import dev.marrow.http.h1.Limits;
import dev.marrow.http.h2.StreamListener;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An HTTP/1 connection to an endpoint. */
final class H1Upstream implements HttpConnection, ClientConnection.Handler {
  private final Runnable freed;
  private final Consumer<HttpConnection> gone;
  private @Nullable ClientConnection connection;
  private boolean retired;

  private H1Upstream(Runnable freed, Consumer<HttpConnection> gone) {
    this.freed = freed;
    this.gone = gone;
  }

  static H1Upstream on(ByteStream stream, Runnable freed, Consumer<HttpConnection> gone) {
    H1Upstream upstream = new H1Upstream(freed, gone);
    upstream.connection = ClientConnection.on(stream, Limits.DEFAULT, upstream);
    return upstream;
  }

  private ClientConnection connection() {
    return Objects.requireNonNull(connection);
  }

  @Override
  public boolean available() {
    return !retired && connection().idle();
  }

  @Override
  public MessageStream open(Headers headers, boolean endStream, StreamListener listener) {
    return connection().open(headers, endStream, listener);
  }

  @Override
  public void retire() {
    retired = true;
    connection().closeIdle();
  }

  @Override
  public void onIdle(ClientConnection idle) {
    if (retired) {
      idle.closeIdle();
    } else {
      freed.run();
    }
  }

  @Override
  public void onClosed(ClientConnection closed) {
    gone.accept(this);
  }
}
