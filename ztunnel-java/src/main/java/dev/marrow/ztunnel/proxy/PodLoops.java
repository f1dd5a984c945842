package dev.marrow.ztunnel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One pod's shares of all event loops. Immutable. */
final class PodLoops {
  private final Map<EventLoop, PodLoop> byLoop = new IdentityHashMap<>();

  PodLoops(EventLoopGroup group, PodName name, Sockets sockets, Node node, Admission admission) {
    var open = new AtomicInteger();
    group.forEach(executor -> {
      EventLoop loop = (EventLoop) executor;
      byLoop.put(loop, new PodLoop(loop, name, sockets, node, admission, open));
    });
  }

  PodLoop of(Channel channel) {
    PodLoop home = byLoop.get(channel.eventLoop());
    if (home == null) {
      throw new IllegalStateException("event loop: not one of this proxy's");
    }
    return home;
  }

  java.util.Optional<PodLoop> on(EventLoop loop) {
    return java.util.Optional.ofNullable(byLoop.get(loop));
  }

  /** Whether what is accepted on {@code loop}, which calls this, is better served there. */
  boolean keeps(EventLoop loop) {
    PodLoop home = byLoop.get(loop);
    return home != null && home.keeps();
  }

  List<PodLoop> all() {
    return List.copyOf(byLoop.values());
  }

  /** Runs {@code task} for each share, on its own loop. */
  void each(Consumer<PodLoop> task) {
    byLoop.forEach((loop, home) -> loop.execute(() -> task.accept(home)));
  }
}
