package dev.marrow.http;

import io.netty.channel.Channel;

/**
 * When a channel is read: while somebody wants its bytes, few of them are unconsumed, its {@link
 * ByteBudget} has room and it is its turn ({@link ReadTurns}). Confined to the channel's event
 * loop.
 */
final class Reading implements ReadTurns.Reader, Runnable {
  /** Reading stops while this much is not consumed: two of the largest reads. */
  private static final int LIMIT = 512 << 10;

  private final Channel channel;
  private final ChannelStream stream;
  private final ReadTurns turns;
  private ByteBudget budget = ByteBudget.NONE;
  private int unconsumed;
  private int last;
  private boolean waitsForBudget;
  private boolean waitsForTurn;

  Reading(Channel channel, ChannelStream stream) {
    this.channel = channel;
    this.stream = stream;
    this.turns = ReadTurns.of(channel.eventLoop());
  }

  /** What is unconsumed counts towards {@code group} from now on. Call once. */
  void chargeTo(ByteBudget group) {
    budget = group;
    budget.charge(unconsumed);
  }

  void received(int bytes) {
    last = bytes;
    turns.took(bytes);
    unconsumed += bytes;
    budget.charge(bytes);
  }

  void consumed(int bytes) {
    unconsumed -= bytes;
    budget.release(bytes);
    next();
  }

  /** Nothing will be consumed any more. */
  void end() {
    if (waitsForBudget) {
      budget.leave(this);
    }
    budget.release(unconsumed);
    unconsumed = 0;
  }

  /** Reads once more, now or as soon as it may. */
  void next() {
    if (waitsForTurn || !allowed()) {
      return;
    }
    if (turns.admits(last)) {
      channel.read();
    } else {
      waitsForTurn = true;
      turns.await(this, budget);
    }
  }

  @Override
  public int turn() {
    waitsForTurn = false;
    if (!allowed()) {
      return 0;
    }
    channel.read();
    return last;
  }

  private boolean allowed() {
    return stream.wantsBytes() && unconsumed < LIMIT && admitted();
  }

  private boolean admitted() {
    boolean admitted = budget.admits(unconsumed);
    if (!admitted && !waitsForBudget) {
      waitsForBudget = true;
      budget.await(unconsumed, this);
    }
    return admitted;
  }

  /** The budget has room. */
  @Override
  public void run() {
    waitsForBudget = false;
    next();
  }
}
