package dev.marrow.hbone;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;

/**
 * Waits behind an {@code SslHandler} for the end of the handshake, then makes room for the stream.
 * Confined to its channel.
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  private final Outcome outcome;
  private boolean told;

  Handshake(Outcome outcome) {
    this.outcome = outcome;
  }

  /** Told exactly once how the handshake went. */
  interface Outcome {
    void succeeded();

    void failed(Throwable cause);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (hungUp(event)) {
      fail(context, new ClosedChannelException());
    } else if (event instanceof SslHandshakeCompletionEvent completion && !told) {
      told = true;
      if (completion.isSuccess()) {
        context.pipeline().remove(this);
        outcome.succeeded();
      } else {
        // Stays, to swallow the exception that follows: it has been told already.
        outcome.failed(completion.cause());
        context.close();
      }
    }
  }

  /** A half-closed peer cannot shake hands: waiting for the timer would only keep its socket. */
  private static boolean hungUp(Object event) {
    return event == ChannelInputShutdownEvent.INSTANCE;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, new ClosedChannelException());
  }

  private void fail(ChannelHandlerContext context, Throwable cause) {
    if (!told) {
      told = true;
      outcome.failed(cause);
      context.close();
    }
  }
}
