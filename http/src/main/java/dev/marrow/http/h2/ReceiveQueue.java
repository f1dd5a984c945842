package dev.marrow.http.h2;

import dev.marrow.http.ByteStream;
import dev.marrow.http.PartQueue;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What one stream has received: its window, what is kept until somebody listens, what is not yet
 * consumed, and how much of a declared length has come. Confined to its connection.
 */
final class ReceiveQueue {
  /** What one part costs beside its bytes, so that tiny parts are not free. */
  private static final int PART_OVERHEAD = 128;

  private int window;
  private int toCredit;
  private int unconsumed;
  private int overhead;
  private long declared = -1;
  private long received;
  private @Nullable PartQueue kept;
  private int mostKept = Integer.MAX_VALUE;
  private boolean finishKept;

  ReceiveQueue(int window) {
    this.window = window;
  }

  /** Takes from the window; false if the peer sent more than it may. */
  boolean spend(int flowBytes) {
    window -= flowBytes;
    return window >= 0;
  }

  /** Moves the window when our SETTINGS are acknowledged. */
  void shift(int difference) {
    window += difference;
  }

  /** Counts towards the content-length; false if it is exceeded. */
  boolean count(int payloadBytes) {
    received += payloadBytes;
    return declared < 0 || received <= declared;
  }

  void expect(long contentLength) {
    declared = contentLength;
  }

  /** Whether the body is as long as declared. */
  boolean exact() {
    return declared < 0 || received == declared;
  }

  /** Bytes that are nobody's: padding. */
  void padding(int bytes) {
    toCredit += bytes;
  }

  /** Accounts for a part; returns its cost. */
  int charge(int bytes) {
    unconsumed += bytes;
    overhead += PART_OVERHEAD;
    return bytes + PART_OVERHEAD;
  }

  /** Takes back what was charged for {@code bytes}; returns it. Zero for bytes not charged. */
  int consumed(int bytes) {
    int known = Math.min(bytes, unconsumed);
    if (known == 0) {
      return 0;
    }
    int share = (int) ((long) overhead * known / unconsumed);
    unconsumed -= known;
    overhead -= share;
    toCredit += known;
    return known + share;
  }

  /** Takes back all that is charged still. */
  int forget() {
    int all = unconsumed + overhead;
    unconsumed = 0;
    overhead = 0;
    return all;
  }

  /** The WINDOW_UPDATE that is due now: half a window at least; zero: none. */
  int credit(Settings settings) {
    int due = toCredit;
    if (due < Math.max(settings.streamWindowBytes() / 2, 1)) {
      return 0;
    }
    toCredit = 0;
    window += due;
    return due;
  }

  void keepAtMost(int bytes) {
    mostKept = bytes;
  }

  /** Keeps a part until somebody listens; false if that is more than is kept. */
  boolean keep(ByteBuf part) {
    if (kept == null) {
      kept = new PartQueue();
    }
    kept.add(part);
    return unconsumed <= mostKept;
  }

  void keepFinish() {
    finishKept = true;
  }

  void deliverTo(ByteStream.Listener listener) {
    for (ByteBuf part = next(); part != null; part = next()) {
      listener.onBytes(part);
    }
    kept = null;
    if (finishKept) {
      finishKept = false;
      listener.onFinish();
    }
  }

  private @Nullable ByteBuf next() {
    return kept == null ? null : kept.poll();
  }

  void release() {
    if (kept != null) {
      kept.release();
    }
    finishKept = false;
  }
}
