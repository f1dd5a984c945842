package dev.marrow.hbone;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies bytes between two streams, both ways, until both directions have ended: back-pressure,
 * half-close and reset carry over. Both streams live on one event loop, and so does this.
 */
public final class Relay {
  private final RelaySettings settings;
  private final Consumer<RelayEnd> ended;
  private final RelayWay left;
  private final RelayWay right;
  private @Nullable QuietTimer timer;
  private int place;
  private int quietTicks;
  private boolean moved;
  private boolean over;

  private Relay(
      ByteStream left, ByteStream right, RelaySettings settings, Consumer<RelayEnd> ended) {
    this.settings = settings;
    this.ended = ended;
    this.left = new RelayWay(this, left, right);
    this.right = new RelayWay(this, right, left);
  }

  /**
   * Starts copying; owns both streams from now on.
   *
   * @param ended called exactly once, when both directions are over
   */
  public static Relay start(
      ByteStream left, ByteStream right, RelaySettings settings, Consumer<RelayEnd> ended) {
    var relay = new Relay(left, right, settings, ended);
    relay.restartTimer();
    left.listen(relay.left);
    right.listen(relay.right);
    return relay;
  }

  /** Resets both streams (policy, revocation, drain); {@link RelayEnd} carries {@code why}. */
  public void cut(Abort why) {
    if (!over) {
      left.from().reset(why);
      right.from().reset(why);
      end(new RelayEnd.Aborted(RelayEnd.Side.OURS, why, fromLeft(), fromRight()));
    }
  }

  /** Bytes read from the left stream so far. */
  public long fromLeft() {
    return left.bytes();
  }

  /** Bytes read from the right stream so far. */
  public long fromRight() {
    return right.bytes();
  }

  RelayWay other(RelayWay way) {
    return way == left ? right : left;
  }

  /** {@code count} bytes from {@code way} are about to be written to the other stream. */
  void passing(RelayWay way, int count) {
    moved = true;
    other(way).passing(count);
  }

  /** One direction has ended in order. */
  void finished() {
    if (!left.finished() || !right.finished()) {
      restartTimer();
    }
    endIfDone();
  }

  /** The relay is over when both directions have ended and what they brought has been passed on. */
  void endIfDone() {
    boolean passedOn = left.outstanding() == 0 && right.outstanding() == 0;
    if (!over && passedOn && left.finished() && right.finished()) {
      end(new RelayEnd.Finished(fromLeft(), fromRight()));
    }
  }

  /** One stream was reset: so is the other. */
  void aborted(RelayWay by, Abort why) {
    if (!over) {
      by.to().reset(why);
      var side = by == left ? RelayEnd.Side.LEFT : RelayEnd.Side.RIGHT;
      end(new RelayEnd.Aborted(side, why, fromLeft(), fromRight()));
    }
  }

  private void end(RelayEnd how) {
    over = true;
    stopTimer();
    ended.accept(how);
  }

  private void restartTimer() {
    stopTimer();
    Duration quiet = quiet();
    if (quiet.isPositive() && !over) {
      // The first tick counts as none: it may come at once.
      quietTicks = -1;
      timer = QuietTimer.of(left.from().loop(), quiet);
      timer.join(this);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.leave(this);
      timer = null;
    }
  }

  /** Where its timer keeps it. */
  int place() {
    return place;
  }

  void place(int index) {
    place = index;
  }

  private Duration quiet() {
    boolean half = left.finished() != right.finished();
    boolean shorter =
        settings.halfClosed().isPositive()
            && (settings.idle().isZero() || settings.halfClosed().compareTo(settings.idle()) < 0);
    return half && shorter ? settings.halfClosed() : settings.idle();
  }

  void tick(QuietTimer by) {
    if (timer != by) {
      return;
    }
    quietTicks = moved ? 0 : quietTicks + 1;
    moved = false;
    if (quietTicks >= QuietTimer.TICKS) {
      cut(Abort.of(Abort.Reason.TIMEOUT, "idle for " + by.quiet()));
    }
  }
}
