package dev.marrow.http.h1;

import java.util.concurrent.TimeUnit;

/**
 * Looks after a connection now and then: one coarse timer per connection instead of one per request
 * is cheap, and late by a quarter.
 */
final class Watch implements Runnable {
  private final ServerConnection connection;
  private final long periodNanos;

  private Watch(ServerConnection connection, long periodNanos) {
    this.connection = connection;
    this.periodNanos = periodNanos;
  }

  static void start(ServerConnection connection, Timeouts timeouts) {
    long shortest = Math.min(timeouts.head().toNanos(), timeouts.idle().toNanos());
    new Watch(connection, Math.max(shortest / 4, 1_000_000)).later();
  }

  private void later() {
    connection.loop().schedule(this, periodNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void run() {
    if (!connection.closed()) {
      connection.look(System.nanoTime());
      later();
    }
  }
}
