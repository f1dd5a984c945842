package dev.marrow.ztunnel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what one listener accepts, and chooses the loop that serves it. Loops take turns, but those
 * that {@code keeps} names stay on the listener's own: no other thread has to be woken for them,
 * and several share a tunnel's records and its system calls. Confined to the listener's loop.
 */
final class Door extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);
  private static final long LINE_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final AtomicLong NEXT_LINE = new AtomicLong(System.nanoTime());

  private final EventLoopGroup group;
  private final WriteBufferWaterMark writeQueue;
  private final Predicate<EventLoop> keeps;
  private final Consumer<Channel> taker;

  Door(
      EventLoopGroup group,
      WriteBufferWaterMark writeQueue,
      Predicate<EventLoop> keeps,
      Consumer<Channel> taker) {
    this.group = group;
    this.writeQueue = writeQueue;
    this.keeps = keeps;
    this.taker = taker;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var accepted = (Channel) message;
    configure(accepted.config());
    accepted.pipeline().addLast(new Accepted(taker));
    EventLoop own = context.channel().eventLoop();
    EventLoop loop = keeps.test(own) ? own : group.next();
    loop.register(accepted)
        .addListener(done -> {
          if (!done.isSuccess()) {
            accepted.unsafe().closeForcibly();
          }
        });
  }

  // TCP_NODELAY is not among the options: Netty sets it on every socket.
  private void configure(ChannelConfig config) {
    config.setAutoRead(false);
    config.setWriteBufferWaterMark(writeQueue);
    ((DuplexChannelConfig) config).setAllowHalfClosure(true);
  }

  /** Out of descriptors, most likely: waits a second, or the same failure would come at once. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelConfig config = context.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      context.channel().eventLoop().schedule(() -> config.setAutoRead(true), 1, TimeUnit.SECONDS);
    }
    if (!(cause instanceof IOException)) {
      context.fireExceptionCaught(cause);
    } else if (due()) {
      LOG.warn("no connection can be accepted; said once a minute: {}", cause.toString());
    }
  }

  /** All doors have the same descriptors: one of them speaks for all. */
  private static boolean due() {
    long now = System.nanoTime();
    long next = NEXT_LINE.get();
    return now - next >= 0 && NEXT_LINE.compareAndSet(next, now + LINE_PAUSE_NANOS);
  }
}
