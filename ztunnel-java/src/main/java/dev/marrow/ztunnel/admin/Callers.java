package dev.marrow.ztunnel.admin;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to one port. Beyond the limit whoever has taken longest over a request makes
 * room for the next: clients that say nothing cannot keep a probe out. Thread-safe: the port's
 * clients are on several event loops.
 */
final class Callers {
  private final int most;
  private final Set<Channel> asking = new LinkedHashSet<>();
  private int open;

  Callers(int most) {
    this.most = most;
  }

  /** Lets {@code caller} in, or closes it if all the others wait for their answers. */
  void enter(Channel caller) {
    Channel leaves = add(caller);
    caller.closeFuture().addListener(closed -> remove(caller));
    if (leaves != null) {
      leaves.close();
    }
  }

  private synchronized @Nullable Channel add(Channel caller) {
    open++;
    Channel leaves = null;
    if (open > most) {
      Iterator<Channel> oldest = asking.iterator();
      leaves = oldest.hasNext() ? oldest.next() : caller;
      asking.remove(leaves);
    }
    if (leaves != caller) {
      asking.add(caller);
    }
    return leaves;
  }

  /** {@code caller} has asked: from now on it is us that it waits for. */
  synchronized void asked(Channel caller) {
    asking.remove(caller);
  }

  private synchronized void remove(Channel caller) {
    asking.remove(caller);
    open--;
  }
}
