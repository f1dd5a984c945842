package dev.marrow.ztunnel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;

/** Hands a channel over once it is active, with an empty pipeline. */
final class Accepted extends ChannelInboundHandlerAdapter {
  private final Consumer<Channel> taker;

  Accepted(Consumer<Channel> taker) {
    this.taker = taker;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    Channel channel = context.channel();
    context.pipeline().remove(this);
    if (channel.remoteAddress() == null) {
      // The client was gone before we looked.
      channel.close();
      return;
    }
    try {
      taker.accept(channel);
    } catch (RuntimeException e) {
      // A mistake of ours, which is logged behind us: nobody has the connection, so nobody would
      // ever close it.
      channel.close();
      throw e;
    }
  }
}
