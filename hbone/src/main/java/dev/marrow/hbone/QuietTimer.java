package dev.marrow.hbone;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer for all relays of an event loop that may be quiet equally long. Ten thousand idle
 * connections need no timer each, and one that comes and goes starts and stops none. Confined to
 * its event loop.
 */
final class QuietTimer {
  /** A quiet time is measured in so many ticks, so that no clock is read per buffer. */
  static final int TICKS = 4;

  private static final FastThreadLocal<Map<Duration, QuietTimer>> OF_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected Map<Duration, QuietTimer> initialValue() {
          return new HashMap<>();
        }
      };

  private final EventLoop loop;
  private final Duration quiet;
  private final List<Relay> relays = new ArrayList<>();
  private @Nullable Future<?> timer;

  private QuietTimer(EventLoop loop, Duration quiet) {
    this.loop = loop;
    this.quiet = quiet;
  }

  /** The one of {@code loop}, which runs this. */
  static QuietTimer of(EventLoop loop, Duration quiet) {
    return OF_LOOP.get().computeIfAbsent(quiet, q -> new QuietTimer(loop, q));
  }

  Duration quiet() {
    return quiet;
  }

  /** Ticks {@code relay} until it leaves; the first tick may come at once. */
  void join(Relay relay) {
    relay.place(relays.size());
    relays.add(relay);
    if (timer == null) {
      long tick = Math.max(quiet.toNanos() / TICKS, 1);
      timer = loop.scheduleAtFixedRate(this::tick, tick, tick, TimeUnit.NANOSECONDS);
    }
  }

  /** The last one takes the place of the one that leaves. */
  void leave(Relay relay) {
    Relay last = relays.removeLast();
    if (last != relay) {
      relays.set(relay.place(), last);
      last.place(relay.place());
    }
    if (relays.isEmpty() && timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Any of them may leave meanwhile, not only the one whose tick it is. */
  private void tick() {
    for (Relay relay : List.copyOf(relays)) {
      relay.tick(this);
    }
  }
}
