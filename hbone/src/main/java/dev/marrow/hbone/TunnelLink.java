package dev.marrow.hbone;

import dev.marrow.http.ByteStream;
import dev.marrow.http.h2.ConnectionListener;
import dev.marrow.http.h2.ErrorCode;
import dev.marrow.http.h2.H2Connection;
import dev.marrow.http.h2.H2Stream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One pooled connection. Confined to its pool. */
final class TunnelLink implements ConnectionListener {
  private final TunnelPool pool;
  private final PoolEntry entry;
  private final TunnelConnection connection;
  private @Nullable H2Connection http;
  private @Nullable Future<?> idleTimer;
  private boolean retired;

  TunnelLink(TunnelPool pool, PoolEntry entry, TunnelConnection connection) {
    this.pool = pool;
    this.entry = entry;
    this.connection = connection;
  }

  void start(ByteStream stream) {
    http =
        H2Connection.client(stream, pool.settings().h2(), pool.settings().limits(), this)
            .chargeTo(pool.budget());
  }

  TunnelConnection connection() {
    return connection;
  }

  private H2Connection http() {
    if (http == null) {
      throw new IllegalStateException("link: not started");
    }
    return http;
  }

  /** Whether the other end has said anything in HTTP/2 yet. */
  boolean ready() {
    return http().ready();
  }

  /** How many more tunnels fit. */
  int available() {
    int ours = pool.settings().streamsPerConnection() - http().openStreams();
    return retired ? 0 : Math.min(ours, http().availableStreams());
  }

  H2Stream open(TunnelAttempt attempt) {
    cancelIdle();
    ConnectHeaders.request(attempt.request(), pool.scratch());
    return http().open(pool.scratch(), false, attempt);
  }

  /** Takes no new tunnels and closes when the last one has ended. */
  void retire() {
    retired = true;
    if (http().openStreams() == 0) {
      http().close(ErrorCode.NO_ERROR, "certificate renewed");
    }
  }

  void drain(Duration grace) {
    retired = true;
    http().drain(grace);
  }

  void close(String detail) {
    retired = true;
    http().close(ErrorCode.NO_ERROR, detail);
  }

  /** Starts the idle timer if there is no tunnel. */
  void idleIfUnused() {
    if (http().openStreams() > 0 || idleTimer != null) {
      return;
    }
    long nanos = pool.settings().idle().toNanos();
    if (nanos > 0) {
      idleTimer = pool.loop().schedule(() -> close("idle"), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void cancelIdle() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
  }

  @Override
  public void onReady() {
    entry.serve(this);
  }

  @Override
  public void onStreamsAvailable() {
    entry.serve(this);
    if (http().openStreams() > 0) {
      return;
    }
    if (retired) {
      http().close(ErrorCode.NO_ERROR, "certificate renewed");
    } else {
      idleIfUnused();
    }
  }

  @Override
  public void onClosed(Closed why) {
    cancelIdle();
    entry.linkClosed(this);
  }
}
