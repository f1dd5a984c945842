package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.H2Stream;
import dev.marrow.http.h2.StreamListener;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request for a tunnel until it has its result. Confined to its pool. */
final class TunnelAttempt implements PendingTunnel, StreamListener {
  /** A CONNECT whose connection was lost is sent again at most so often. */
  private static final int MAX_SENDS = 3;

  private final TunnelPool pool;
  private final TunnelTarget target;
  private final ConnectRequest request;
  private final Consumer<TunnelResult> done;
  private @Nullable PoolEntry waitingIn;
  private @Nullable TunnelLink link;
  private @Nullable H2Stream stream;
  private @Nullable Future<?> answerTimer;
  private int sends;
  private boolean over;

  TunnelAttempt(
      TunnelPool pool, TunnelTarget target, ConnectRequest request, Consumer<TunnelResult> done) {
    this.pool = pool;
    this.target = target;
    this.request = request;
    this.done = done;
  }

  TunnelTarget target() {
    return target;
  }

  ConnectRequest request() {
    return request;
  }

  void waitingIn(PoolEntry entry) {
    waitingIn = entry;
  }

  void sendOn(TunnelLink on) {
    waitingIn = null;
    link = on;
    sends++;
    stream = on.open(this);
    if (answerTimer == null) {
      long nanos = pool.settings().answer().toNanos();
      answerTimer = pool.loop().schedule(this::answerLate, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void answerLate() {
    H2Stream open = stream;
    if (over || open == null) {
      return;
    }
    fail(Failures.answerTimeout());
    open.reset(ErrorCode.CANCEL);
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    end();
    PoolEntry entry = waitingIn;
    H2Stream open = stream;
    if (entry != null) {
      entry.leave(this);
    } else if (open != null) {
      open.reset(ErrorCode.CANCEL);
    }
  }

  void fail(TunnelResult.Failed failed) {
    if (!over) {
      end();
      done.accept(failed);
    }
  }

  private void end() {
    over = true;
    stopAnswerTimer();
  }

  private void stopAnswerTimer() {
    if (answerTimer != null) {
      answerTimer.cancel(false);
      answerTimer = null;
    }
  }

  @Override
  public void onHeaders(Headers headers, boolean endStream) {
    H2Stream open = stream;
    TunnelLink on = link;
    int status = headers.find(HeaderName.STATUS);
    if (over || open == null || on == null || headers.valueIs(status, "100")) {
      return;
    }
    if (headers.valueIs(status, "200") && !endStream) {
      end();
      var baggage = headers.first(ConnectHeaders.BAGGAGE).map(Baggage::parse).orElse(Baggage.NONE);
      done.accept(new TunnelResult.Opened(open, baggage, on.connection()));
      return;
    }
    int code = Integer.parseInt(headers.value(status));
    if (code >= 200) {
      fail(Failures.refused(code));
      open.reset(ErrorCode.CANCEL);
    }
  }

  /** The stream, or its connection, ended without an answer. */
  @Override
  public void onReset(Abort why) {
    TunnelLink on = link;
    if (over || on == null) {
      return;
    }
    boolean lost =
        why.reason() == Abort.Reason.REFUSED || why.reason() == Abort.Reason.CONNECTION_LOST;
    if (lost && sends < MAX_SENDS && on.ready()) {
      // The connection went away under it, or the peer says it did nothing: no byte of the app was
      // sent, so another connection may be asked.
      stream = null;
      link = null;
      stopAnswerTimer();
      pool.loop().execute(this::again);
    } else {
      fail(Failures.aborted(why, on.ready()));
    }
  }

  private void again() {
    if (!over) {
      pool.start(this);
    }
  }
}
