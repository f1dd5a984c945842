package dev.marrow.waypoint.upstream;

import dev.marrow.http.ByteBudget;
import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h2.ConnectionListener;
import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.H2Connection;
import dev.marrow.http.h2.Limits;
import dev.marrow.http.h2.Settings;
import dev.marrow.http.h2.StreamListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 connection to an endpoint, by prior knowledge. */
final class H2Upstream implements HttpConnection, ConnectionListener {
  /** A stream may live for hours after the last one was opened beside it. */
  private static final Duration UNTIL_ALL_HAVE_ENDED = Duration.ZERO;

  private final Runnable freed;
  private final Consumer<HttpConnection> gone;

  /** Who waits for its SETTINGS. */
  private final List<Runnable> unsettled = new ArrayList<>(0);

  private @Nullable H2Connection connection;
  private boolean retired;
  private boolean draining;

  private H2Upstream(Runnable freed, Consumer<HttpConnection> gone) {
    this.freed = freed;
    this.gone = gone;
  }

  static H2Upstream on(
      ByteStream stream, ByteBudget budget, Runnable freed, Consumer<HttpConnection> gone) {
    H2Upstream upstream = new H2Upstream(freed, gone);
    upstream.connection =
        H2Connection.client(stream, Settings.http(), Limits.standard(), upstream).chargeTo(budget);
    return upstream;
  }

  private H2Connection connection() {
    return Objects.requireNonNull(connection);
  }

  @Override
  public boolean available() {
    return !retired && connection().accepting() && connection().availableStreams() > 0;
  }

  @Override
  public MessageStream open(Headers headers, boolean endStream, StreamListener listener) {
    return connection().open(headers, endStream, listener);
  }

  @Override
  public void whenSettled(Runnable next) {
    if (connection().ready() || !connection().accepting()) {
      next.run();
    } else {
      unsettled.add(next);
    }
  }

  @Override
  public boolean takesExtendedConnect() {
    return connection().peerAllowsExtendedConnect() && connection().availableStreams() > 0;
  }

  @Override
  public void retire() {
    retired = true;
    if (unsettled.isEmpty()) {
      connection().drain(UNTIL_ALL_HAVE_ENDED);
    }
  }

  @Override
  public void onReady() {
    settled();
    if (retired) {
      connection().drain(UNTIL_ALL_HAVE_ENDED);
    }
  }

  private void settled() {
    List<Runnable> all = List.copyOf(unsettled);
    unsettled.clear();
    all.forEach(Runnable::run);
  }

  @Override
  public void onStreamsAvailable() {
    if (connection != null && !retired) {
      freed.run();
    }
  }

  @Override
  public void onGoAway(int lastStreamId, ErrorCode code) {
    leave();
  }

  @Override
  public void onClosed(Closed why) {
    leave();
  }

  private void leave() {
    if (!draining) {
      draining = true;
      retired = true;
      gone.accept(this);
      settled();
    }
  }
}
