package dev.marrow.http.h2;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A PING every so often, also on a busy connection; no answer in time means it is dead. */
final class KeepAlive {
  private final EventLoop loop;
  private final FrameWriter writer;
  private final Duration interval;
  private final Duration timeout;
  private final Runnable dead;
  private @Nullable Future<?> timer;
  private long number;

  KeepAlive(EventLoop loop, FrameWriter writer, Settings settings, Runnable dead) {
    this.loop = loop;
    this.writer = writer;
    this.interval = settings.pingInterval();
    this.timeout = settings.pingTimeout();
    this.dead = dead;
  }

  void start() {
    if (interval.isPositive()) {
      timer = loop.schedule(this::ping, interval.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void ping() {
    writer.ping(false, ++number);
    timer = loop.schedule(dead, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** An answer; others than to the last PING are ignored. */
  void answered(long payload) {
    if (payload == number && timer != null) {
      timer.cancel(false);
      start();
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
