package dev.marrow.http;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;

/**
 * The turns of an event loop: in each it looks once at its sockets, then works through its tasks.
 * What a task starts is still done in the same turn, and no socket is looked at meanwhile.
 */
final class Turns {
  private Turns() {}

  /** Runs {@code task} between two turns: the sockets are looked at before what it starts. */
  static void between(EventLoop loop, Runnable task) {
    if (loop instanceof SingleThreadEventLoop single) {
      // By way of a task, because what is asked for between two turns would run between the same.
      loop.execute(() -> single.executeAfterEventLoopIteration(task));
    } else {
      loop.execute(task);
    }
  }
}
