package dev.marrow.http.h2;

import java.util.function.Consumer;

/**
 * The receive window of a connection. Credit is given on receipt, so that one slow stream does not
 * stop the others, but not while too much is unconsumed; whoever goes on until twice that is cut
 * off. Confined to its connection.
 */
final class ConnectionCredit {
  private final FrameWriter writer;
  private final long most;
  private final int full;
  private final Consumer<Limit> counter;
  private int window;
  private int toCredit;
  private long queued;
  private boolean withheld;

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

  void charged(int cost) {
    queued += cost;
  }

  void released(int cost) {
    queued -= cost;
    if (withheld) {
      give();
    }
  }

  private void give() {
    if (toCredit < full / 2) {
      return;
    }
    if (queued > most) {
      if (!withheld) {
        withheld = true;
        counter.accept(Limit.QUEUED_INBOUND_BYTES);
      }
      return;
    }
    withheld = false;
    window += toCredit;
    writer.windowUpdate(0, toCredit);
    toCredit = 0;
  }
}
