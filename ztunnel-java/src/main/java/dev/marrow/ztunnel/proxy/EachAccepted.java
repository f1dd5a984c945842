package dev.marrow.ztunnel.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.function.Consumer;

/** Gives every accepted channel its first handler. */
final class EachAccepted extends ChannelInitializer<Channel> {
  private final Consumer<Channel> taker;

  EachAccepted(Consumer<Channel> taker) {
    this.taker = taker;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.pipeline().addLast(new Accepted(taker));
  }
}
