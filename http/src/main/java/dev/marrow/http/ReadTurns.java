package dev.marrow.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds what an event loop reads in one turn. Who reads little always may; of those who read much,
 * the groups (a group is what shares a {@link ByteBudget}) take turns, and within a group its
 * streams. So a group of many busy streams delays another by one short turn, not by all it has.
 * Confined to an event loop.
 */
final class ReadTurns {
  /** Who waits for a turn. */
  interface Reader {
    /**
     * Its turn has come.
     *
     * @return about how many bytes that will bring
     */
    int turn();
  }

  /** Enough that a turn's fixed costs do not matter, and worth a fraction of a millisecond. */
  private static final int MOST = 256 << 10;

  private static final int LITTLE = 16 << 10;

  private static final FastThreadLocal<ReadTurns> OF_LOOP = new FastThreadLocal<>();

  private final EventLoop loop;
  private final Runnable end = this::end;

  /** Those of one group who wait, in the order of the groups' turns; none is empty. */
  private final LinkedHashMap<ByteBudget, ArrayDeque<Reader>> waiting = new LinkedHashMap<>();

  private int taken;
  private boolean scheduled;

  private ReadTurns(EventLoop loop) {
    this.loop = loop;
  }

  /** Those of the loop that runs this. */
  static ReadTurns of(EventLoop loop) {
    ReadTurns turns = OF_LOOP.getIfExists();
    if (turns == null || turns.loop != loop) {
      turns = new ReadTurns(loop);
      OF_LOOP.set(turns);
    }
    return turns;
  }

  /** A stream has read {@code bytes}. */
  void took(int bytes) {
    if (bytes > LITTLE) {
      taken += bytes;
      if (!scheduled) {
        scheduleEnd();
      }
    }
  }

  private void scheduleEnd() {
    scheduled = true;
    Turns.between(loop, end);
  }

  /** Whether who read {@code last} bytes may read again in this turn; if not, {@link #await}. */
  boolean admits(int last) {
    return last <= LITTLE || taken < MOST;
  }

  /** Calls {@link Reader#turn} when others have had theirs. */
  void await(Reader reader, ByteBudget group) {
    waiting.computeIfAbsent(group, g -> new ArrayDeque<>()).add(reader);
  }

  private void end() {
    scheduled = false;
    taken = 0;
    int promised = 0;
    while (promised < MOST && !waiting.isEmpty()) {
      promised += turnOfNextGroup();
    }
    if (!waiting.isEmpty()) {
      scheduleEnd();
    }
  }

  private int turnOfNextGroup() {
    Map.Entry<ByteBudget, ArrayDeque<Reader>> group = waiting.firstEntry();
    Reader next = group.getValue().remove();
    if (group.getValue().isEmpty()) {
      waiting.remove(group.getKey());
    } else {
      waiting.putLast(group.getKey(), group.getValue());
    }
    return next.turn();
  }
}
