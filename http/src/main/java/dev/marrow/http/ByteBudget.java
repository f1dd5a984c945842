package dev.marrow.http;

import java.util.LinkedHashSet;

/**
 * A bound on the bytes that a group of streams holds in memory: received, and not yet passed on.
 * Above it a stream pauses, unless it holds nothing at all, so that a stuck stream does not stop
 * its neighbours; at twice the bound everybody pauses. A budget may be part of a larger one.
 * Confined to an event loop.
 */
public final class ByteBudget {
  /** No bound; may be shared between threads. */
  public static final ByteBudget NONE = new ByteBudget(Long.MAX_VALUE / 2);

  private static final Runnable NOTHING = () -> {};

  private final long limit;
  private final ByteBudget above;
  private final Runnable paused;
  private final LinkedHashSet<Runnable> waiting = new LinkedHashSet<>(0);
  private long held;

  private ByteBudget(long limit) {
    this.limit = limit;
    this.above = this;
    this.paused = NOTHING;
  }

  private ByteBudget(ByteBudget above, long limit, Runnable paused) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: %d (expected: >= 1)".formatted(limit));
    }
    this.limit = limit;
    this.above = above;
    this.paused = paused;
  }

  /**
   * @param limit bytes
   * @param paused called whenever a stream has to wait, for a counter
   */
  public static ByteBudget of(long limit, Runnable paused) {
    return new ByteBudget(NONE, limit, paused);
  }

  /** A share of this budget, with a bound of its own. */
  public ByteBudget part(long partLimit, Runnable partPaused) {
    return new ByteBudget(this, partLimit, partPaused);
  }

  /** Bytes held now. For metrics it may be read from any thread and is then a little old. */
  public long held() {
    return held;
  }

  public void charge(long bytes) {
    if (this != NONE) {
      held += bytes;
      above.charge(bytes);
    }
  }

  public void release(long bytes) {
    if (this == NONE) {
      return;
    }
    long before = held;
    held -= bytes;
    above.release(bytes);
    // A quarter below either bound, so that not every release wakes everybody.
    if (!waiting.isEmpty() && (fell(before, limit) || fell(before, 2 * limit))) {
      wake();
    }
  }

  private boolean fell(long before, long bound) {
    long resume = bound - limit / 4;
    return before >= resume && held < resume;
  }

  /** Each of those who waited asks again, and may find that others were faster. */
  private void wake() {
    for (int i = waiting.size(); i > 0 && !waiting.isEmpty(); i--) {
      waiting.removeFirst().run();
    }
  }

  /** Whether a stream that holds {@code bytes} itself may receive more. */
  public boolean admits(long bytes) {
    return stopping(bytes) == NONE;
  }

  /** The budget that says no to who holds {@code bytes}; {@link #NONE} if nobody does. */
  private ByteBudget stopping(long bytes) {
    ByteBudget each = this;
    while (each != NONE && each.held < (bytes == 0 ? 2 * each.limit : each.limit)) {
      each = each.above;
    }
    return each;
  }

  /**
   * Calls {@code resume} once when it is worth asking again. Call when {@link #admits} said no to
   * the same {@code bytes}.
   */
  public void await(long bytes, Runnable resume) {
    // Who is stopped by a larger budget waits there: this one may not change for long.
    ByteBudget by = stopping(bytes);
    if (by == NONE) {
      throw new IllegalStateException("await: nobody says no (expected: after admits)");
    }
    paused.run();
    by.waiting.add(resume);
  }

  /** Who waits has ended: what is stuck here must not keep all who ever waited. */
  public void leave(Runnable resume) {
    for (ByteBudget each = this; each != NONE; each = each.above) {
      each.waiting.remove(resume);
    }
  }

  /** How many wait here, for metrics. */
  public int waiting() {
    return waiting.size();
  }
}
