package dev.marrow.ztunnel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Takes what one listener accepts, and chooses the loop that serves it. Loops take turns, but those
 * that {@code keeps} names stay on the listener's own: no other thread has to be woken for them,
 * and several share a tunnel's records and its system calls. Confined to the listener's loop.
 */
final class Door extends ChannelInboundHandlerAdapter {
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
    context.fireExceptionCaught(cause);
  }
}
