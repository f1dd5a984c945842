package dev.marrow.http.h2;

import dev.marrow.http.ByteBudget;
import java.util.function.Consumer;

/**
 * The receive window of a connection. Credit is given on receipt, so that one slow stream does not
 * stop the others, but not while too much is unconsumed, here or in the group this connection
 * belongs to; whoever goes on until twice that here is cut off. A group's bound cuts nobody off:
 * what was granted before may still come. Confined to its connection.
 */
final class ConnectionCredit implements Runnable {
  private final FrameWriter writer;
  private final long most;
  private final int full;
  private final Consumer<Limit> counter;
  private ByteBudget budget = ByteBudget.NONE;
  private int window;
  private int toCredit;
  private long queued;
  private boolean withheld;
  private boolean waiting;

  ConnectionCredit(FrameWriter writer, Settings settings, Limits limits, Consumer<Limit> counter) {
    this.writer = writer;
    this.most = limits.maxQueuedInboundBytes();
    this.full = settings.connectionWindowBytes();
    this.window = full;
    this.counter = counter;
  }

  void spend(int flowBytes) throws H2Error {
    window -= flowBytes;
    if (window < 0) {
      throw H2Error.connection(
          ErrorCode.FLOW_CONTROL_ERROR, "DATA: beyond the connection's window");
    }
    if (queued > 2 * most) {
      throw H2Error.flood(Limit.QUEUED_INBOUND_BYTES);
    }
    toCredit += flowBytes;
    give();
  }

  void chargeTo(ByteBudget group) {
    budget = group;
    budget.charge(queued);
  }

  void charged(int cost) {
    queued += cost;
    budget.charge(cost);
  }

  void released(int cost) {
    queued -= cost;
    budget.release(cost);
    if (withheld) {
      give();
    }
  }

  /** The connection is over: nobody is given anything any more. */
  void end() {
    withheld = false;
    if (waiting) {
      budget.leave(this);
    }
  }

  /** The group has room. */
  @Override
  public void run() {
    waiting = false;
    if (withheld) {
      give();
    }
  }

  private void give() {
    if (toCredit < full / 2) {
      return;
    }
    // One stuck stream must not stop the others: only twice the group's bound does.
    boolean admitted = budget.admits(0);
    if (queued > most || !admitted) {
      if (!withheld) {
        withheld = true;
        counter.accept(Limit.QUEUED_INBOUND_BYTES);
      }
      if (!admitted && !waiting) {
        waiting = true;
        budget.await(0, this);
      }
      return;
    }
    withheld = false;
    window += toCredit;
    writer.windowUpdate(0, toCredit);
    toCredit = 0;
  }
}
