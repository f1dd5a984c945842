package dev.marrow.http.h2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection by number, and how the last closed ones ended: frames may still
 * be under way to them (RFC 9113 §5.1). Confined to its connection.
 */
final class StreamTable {
  private static final int REMEMBERED = 512;

  /** How a stream ended. */
  enum End {
    /** Nothing is remembered. */
    UNKNOWN,
    /** Both sides said END_STREAM, or the peer reset it: nothing more may come. */
    CLOSED,
    /** We reset it: what still arrives is dropped. */
    RESET_BY_US
  }

  private @Nullable H2Stream[] slots = new H2Stream[16];
  private int size;

  /**
   * Numbers of closed streams, negative for those that we reset. Most connections between proxies
   * see few streams, and there are thousands of connections: it grows as it is needed.
   */
  private int[] ended = {};

  /** Where the next one goes. */
  private int next;

  int size() {
    return size;
  }

  @Nullable H2Stream find(int id) {
    int mask = slots.length - 1;
    for (int i = hash(id) & mask; ; i = i + 1 & mask) {
      H2Stream stream = slots[i];
      if (stream == null || stream.id() == id) {
        return stream;
      }
    }
  }

  void add(H2Stream stream) {
    if (2 * (size + 1) > slots.length) {
      resize(slots.length * 2);
    }
    put(stream);
    size++;
  }

  void remove(H2Stream stream, boolean resetByUs) {
    int mask = slots.length - 1;
    int hole = hash(stream.id()) & mask;
    while (slots[hole] != stream) {
      if (slots[hole] == null) {
        return;
      }
      hole = hole + 1 & mask;
    }
    slots[hole] = null;
    size--;
    closeGap(hole, mask);
    remember(stream.id(), resetByUs);
    if (slots.length > 16 && size * 8 < slots.length) {
      resize(slots.length / 2);
    }
  }

  /** A stream that was never open is closed: what still arrives for it is dropped. */
  void remember(int id) {
    remember(id, true);
  }

  private void remember(int id, boolean resetByUs) {
    if (next == REMEMBERED) {
      next = 0;
    } else if (next == ended.length) {
      ended = Arrays.copyOf(ended, Math.max(8, 2 * next));
    }
    ended[next++] = resetByUs ? -id : id;
  }

  /** Linear probing stops at the first gap: those behind it that belong before it move up. */
  private void closeGap(int gap, int mask) {
    int hole = gap;
    for (int i = hole + 1 & mask; ; i = i + 1 & mask) {
      H2Stream stream = slots[i];
      if (stream == null) {
        return;
      }
      int home = hash(stream.id()) & mask;
      if ((i - home & mask) >= (i - hole & mask)) {
        slots[hole] = stream;
        slots[i] = null;
        hole = i;
      }
    }
  }

  End endOf(int id) {
    for (int one : ended) {
      if (one == id || one == -id) {
        return one < 0 ? End.RESET_BY_US : End.CLOSED;
      }
    }
    return End.UNKNOWN;
  }

  /** Calls {@code action} for each stream open now; it may close any of them. */
  void forEach(Consumer<H2Stream> action) {
    List<H2Stream> open = new ArrayList<>(size);
    for (H2Stream stream : slots) {
      if (stream != null) {
        open.add(stream);
      }
    }
    open.forEach(action);
  }

  private void resize(int length) {
    @Nullable H2Stream[] old = slots;
    slots = new H2Stream[length];
    for (H2Stream stream : old) {
      if (stream != null) {
        put(stream);
      }
    }
  }

  private void put(H2Stream stream) {
    int mask = slots.length - 1;
    int i = hash(stream.id()) & mask;
    while (slots[i] != null) {
      i = i + 1 & mask;
    }
    slots[i] = stream;
  }

  private static int hash(int id) {
    return id >>> 1;
  }
}
