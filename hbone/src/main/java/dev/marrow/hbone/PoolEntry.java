package dev.marrow.hbone;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The connections of one key, the dials for it, and who waits for them. Confined to its pool. */
final class PoolEntry {
  private final TunnelPool pool;
  private final TunnelTarget target;
  private final List<TunnelLink> links = new ArrayList<>(1);
  private final List<TunnelDial> dials = new ArrayList<>(1);
  private final ArrayDeque<TunnelAttempt> waiting = new ArrayDeque<>();
  private int dialsWanted;
  private TunnelResult.@Nullable Failed recent;

  PoolEntry(TunnelPool pool, TunnelTarget target) {
    this.pool = pool;
    this.target = target;
  }

  TunnelTarget target() {
    return target;
  }

  int links() {
    return links.size();
  }

  /** Sends CONNECT on a connection that has room, or waits for one. */
  void add(TunnelAttempt attempt) {
    for (TunnelLink link : links) {
      if (link.available() > 0 && waiting.isEmpty()) {
        attempt.sendOn(link);
        return;
      }
    }
    if (recent != null) {
      pool.later(attempt, recent);
      return;
    }
    if (!pool.admitWaiter()) {
      removeIfUnused();
      pool.later(attempt, Failures.limit("waiters: too many"));
      return;
    }
    waiting.add(attempt);
    attempt.waitingIn(this);
    dialAsNeeded();
  }

  private void dialAsNeeded() {
    int needed = (waiting.size() - 1) / pool.settings().streamsPerConnection() + 1;
    while (!waiting.isEmpty() && dialsWanted < needed) {
      dialsWanted++;
      pool.dial(this);
    }
  }

  /** A queued dial's turn has come; nobody may want it any more. */
  boolean stillWantsDial() {
    if (waiting.isEmpty()) {
      dialsWanted--;
      removeIfUnused();
      return false;
    }
    return true;
  }

  void dialStarted(TunnelDial dial) {
    dials.add(dial);
  }

  /** The caller of {@code attempt} gave up; the last one takes the dials along. */
  void leave(TunnelAttempt attempt) {
    if (waiting.remove(attempt)) {
      pool.waiterLeft();
    }
    if (waiting.isEmpty()) {
      List.copyOf(dials).forEach(TunnelDial::cancel);
      removeIfUnused();
    }
  }

  void dialSucceeded(TunnelDial dial, TunnelLink link) {
    dialOver(dial);
    links.add(link);
    serve(link);
    if (!waiting.isEmpty()) {
      dialAsNeeded();
    }
    link.idleIfUnused();
  }

  /** Tells all who wait, unless another dial may still serve them. */
  void dialFailed(TunnelDial dial, TunnelResult.Failed failed) {
    dialOver(dial);
    if (dials.isEmpty()) {
      remember(failed);
      failAll(failed);
    }
    removeIfUnused();
  }

  private void dialOver(TunnelDial dial) {
    dials.remove(dial);
    dialsWanted--;
    pool.dialEnded();
  }

  private void remember(TunnelResult.Failed failed) {
    Duration time = pool.settings().negative();
    boolean ours = failed.reason() == TunnelResult.Reason.CANCELLED;
    if (time.isPositive() && !ours) {
      recent = failed;
      pool.loop()
          .schedule(
              () -> {
                recent = null;
                removeIfUnused();
              },
              time.toNanos(),
              TimeUnit.NANOSECONDS);
    }
  }

  private void failAll(TunnelResult.Failed failed) {
    List<TunnelAttempt> all = List.copyOf(waiting);
    waiting.clear();
    for (TunnelAttempt attempt : all) {
      pool.waiterLeft();
      attempt.fail(failed);
    }
  }

  /** Gives waiting requests to a connection as far as it has room. */
  void serve(TunnelLink link) {
    while (!waiting.isEmpty() && link.available() > 0) {
      TunnelAttempt attempt = waiting.remove();
      pool.waiterLeft();
      attempt.sendOn(link);
    }
  }

  void linkClosed(TunnelLink link) {
    links.remove(link);
    removeIfUnused();
  }

  void retireLinks() {
    List.copyOf(links).forEach(TunnelLink::retire);
  }

  void cut(Predicate<TunnelConnection> which) {
    for (TunnelLink link : List.copyOf(links)) {
      if (which.test(link.connection())) {
        link.close("revoked");
      }
    }
  }

  void drain(Duration grace) {
    failAll(Failures.drained());
    List.copyOf(dials).forEach(TunnelDial::cancel);
    List.copyOf(links).forEach(link -> link.drain(grace));
  }

  void close() {
    failAll(Failures.drained());
    List.copyOf(dials).forEach(TunnelDial::cancel);
    List.copyOf(links).forEach(link -> link.close("pool closed"));
  }

  private void removeIfUnused() {
    boolean used = !links.isEmpty() || !waiting.isEmpty() || dialsWanted > 0 || recent != null;
    if (!used) {
      pool.remove(this);
    }
  }
}
